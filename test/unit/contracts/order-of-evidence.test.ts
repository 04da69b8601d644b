/** The order of documents that the closed list of evidence knows, against the ways through the workflow file. */
import { checklist, namesOf } from '#lambdas/checklist';
import { beside, follows, followsInRollback } from '#lambdas/record/order';
import { loadDefinition } from '#statemachine/load-definition';

type State = {
  readonly Type: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Next: string; readonly Assign?: { readonly previous?: string } }[];
  readonly Catch?: readonly { readonly Next: string }[];
  readonly Arguments?: { readonly Payload: { readonly previous?: string } } | { readonly StateMachineArn: string };
  readonly Assign?: Readonly<Record<string, unknown>>;
  readonly Branches?: readonly { readonly StartAt: string; readonly States: States }[];
};
type States = Readonly<Record<string, State>>;

/** The documents of states that are no step. */
const others: Readonly<Record<string, string>> = {
  'Open run': '00-open-run',
  'Approve review': 'approve-review',
  'Create branch': 'create-branch',
  'Approve apply': 'approve-apply',
  'Establish outcome': '08-establish-outcome',
  'Approve another attempt': 'approve-again',
  'Connect again': 'connect-again',
  'Sign off': 'sign-off',
  'Find blockers': 'find-blockers',
  'Find blockers again': 'find-blockers-again',
  'Approve rollback': 'approve-rollback',
  'Approve another rollback attempt': 'approve-rollback-again',
  'Roll back': 'roll-back',
  'Verify rollback': 'verify-rollback',
  'Establish rollback': 'establish-rollback',
  'Report incident': 'report-incident',
  'Close run': 'close-run',
  'Open rollback': 'open-rollback',
  'Rehearse on now': 'rehearse-rollback',
};

const documents = new Map([
  ...checklist.map(namesOf).map(({ stateName, file }) => [stateName, file] as const),
  ...Object.entries(others),
]);

/** Its documents are those of the execution that it starts. */
const isExecution = ({ Arguments }: State) => Arguments !== undefined && 'StateMachineArn' in Arguments;

const documentOf = (state: string) => {
  const name = documents.get(state);
  if (name === undefined) throw new Error(`which document does "${state}" leave?`);
  return name;
};

type Followed = Map<string, Set<string>>;

let found: Followed = new Map();

const note = (name: string, before: readonly string[]) => {
  const known = found.get(name) ?? new Set();
  found.set(name, known);
  for (const one of before) known.add(one);
};

/** Of a group the last document of each branch; within a branch one state follows the other. */
const goThrough = ({ Branches = [] }: State, before: readonly string[]): readonly string[] =>
  Branches.map(({ StartAt, States }) => {
    let current = documentOf(StartAt);
    note(current, before);
    for (let state = States[StartAt]; state?.Next !== undefined; state = States[state.Next]) {
      note(documentOf(state.Next), [current]);
      current = documentOf(state.Next);
    }
    return current;
  });

/** The document of the state that has put the reference into the variable, to which a choice goes back. */
const keptBy = (states: States, expression: string): readonly string[] =>
  Object.entries(states)
    .filter(([, { Assign = {} }]) => Object.keys(Assign).some((variable) => expression.includes(`$${variable} `)))
    .map(([name]) => documentOf(name));

const walk = (states: States, start: string) => {
  const seen = new Set<string>();
  const waiting: { readonly name: string; readonly before: readonly string[] }[] = [{ name: start, before: [] }];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const { name, before } = at;
    const state = states[name];
    const place = JSON.stringify([name, before]);
    if (!state || seen.has(place)) continue;
    seen.add(place);
    const leaves = state.Type === 'Task' && !isExecution(state);
    if (leaves) note(documentOf(name), before);
    const left = state.Type === 'Parallel' ? goThrough(state, before) : leaves ? [documentOf(name)] : [];
    const after = state.Assign?.['previous'] === undefined ? before : left;
    for (const { Next } of state.Catch ?? []) waiting.push({ name: Next, before });
    for (const next of [state.Next, state.Default]) if (next !== undefined) waiting.push({ name: next, before: after });
    for (const { Next, Assign } of state.Choices ?? [])
      waiting.push({ name: Next, before: Assign?.previous === undefined ? after : keptBy(states, Assign.previous) });
  }
};

type Definition = { readonly StartAt: string; readonly States: States };

/** What each document of the workflow follows. */
const followedIn = ({ States, StartAt }: Definition): Followed => {
  found = new Map();
  walk(States, StartAt);
  return found;
};

const definition = loadDefinition('migration-checklist') as Definition;

/** They name everything. */
const closing = ['sign-off', 'close-run'];

/** Of the rounds in which a state is entered again, each with a document of its own, the workflow file knows one. */
const ofAnyRound = (name: string) =>
  name.replace(/^((?:approve|connect|approve-rollback|find-blockers)-again)-\d+$/, '$1');

const followedOfAnyRound = (order: Readonly<Record<string, readonly string[]>>) => {
  const byName = new Map<string, Set<string>>();
  for (const [name, before] of Object.entries(order)) {
    const known = byName.get(ofAnyRound(name)) ?? new Set();
    byName.set(ofAnyRound(name), known);
    for (const one of before) known.add(ofAnyRound(one));
  }
  return byName;
};

test('each round follows the one before it', () => {
  expect(follows['approve-again-1']).toEqual(['07-connect']);
  for (const round of [1, 2, 3, 4, 5] as const)
    expect(follows[`connect-again-${round}`]).toEqual([`approve-again-${round}`]);
  // Directly after the question before where the place could not be looked at, because it was still blocked.
  for (const round of [1, 2, 3, 4] as const)
    expect(follows[`approve-again-${(round + 1) as 2}`]).toEqual([`connect-again-${round}`, `approve-again-${round}`]);
});

test('each document follows those that the workflow hands to its state, and no others', () => {
  const followed = followedOfAnyRound(follows);
  const inFile = followedIn(definition);
  expect([...inFile.keys()].sort()).toEqual([...followed.keys()].sort());
  for (const [name, before] of inFile) {
    if (closing.includes(name)) continue;
    expect([name, [...(followed.get(name) ?? [])].sort()]).toEqual([name, [...before].sort()]);
  }
});

test('the same holds of a rollback that was asked for', () => {
  const inFile = followedIn(loadDefinition('migration-rollback') as Definition);

  const followed = followedOfAnyRound(followsInRollback);
  expect([...inFile.keys()].sort()).toEqual([...followed.keys()].sort());
  for (const [name, before] of inFile)
    if (!closing.includes(name))
      expect([name, [...(followed.get(name) ?? [])].sort()]).toEqual([name, [...before].sort()]);
});

test('states stand beside each other where the workflow has a group of them', () => {
  const groups = Object.values(definition.States).filter(({ Type }) => Type === 'Parallel');
  const members = groups.map(({ Branches = [] }) =>
    Branches.flatMap(({ States }) => Object.keys(States).map(documentOf)),
  );

  expect(members).toHaveLength(3);
  for (const group of members)
    for (const name of group) expect([...beside(name as never)].sort()).toEqual([...group].sort());
});
