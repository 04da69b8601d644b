/** Judges what the declared tests showed, against what the migration made. */
import type { Catalog } from '#domain/catalog/catalog';
import { type MadeRules, madeRules } from '#domain/catalog/made-rules';
import type { CatalogTrigger } from '#domain/catalog/tables';
import type { CheckResult, ChecksFile, DeclaredCheck } from '#domain/checks/checks';
import { count } from '#domain/count';
import type { BoxAnswer } from '#domain/evidence/document';

export type ChecksOutcome = {
  readonly results: readonly CheckResult[];
  readonly calledFunctions: readonly string[] | null;
  readonly leftBehind: readonly string[];
};

type Group = {
  readonly box: string;
  readonly what: string;
  /** The tests of this group are recognised by the SQLSTATEs they expect. */
  covers(sqlState: string): boolean;
  rulesOf(made: MadeRules): readonly string[];
};

export type DeclaredTests = Pick<ChecksFile, 'fileName' | 'tests'>;

/** What was declared, and what came of it. */
type Seen = {
  readonly made: MadeRules;
  readonly declared: DeclaredTests;
  readonly outcome: ChecksOutcome;
};

const uniqueness = ['23505', '23P01'];
const requirements = ['23502', '23503', '23514'];
/** Classes with which PostgreSQL itself refuses a value or a statement: no rule of the migration is tested by them. */
const ownClasses = ['22', '42'];

const nameOf = ({ table, name }: CatalogTrigger) => `${table}: ${name}`;

const groups: readonly [unique: Group, required: Group, trigger: Group] = [
  {
    box: '10.1',
    what: 'uniqueness',
    covers: (sqlState) => uniqueness.includes(sqlState),
    rulesOf: ({ unique }) => unique,
  },
  {
    box: '10.2',
    what: 'not null, foreign key and check',
    covers: (sqlState) => requirements.includes(sqlState),
    rulesOf: ({ required }) => required,
  },
  {
    box: '10.3',
    what: 'trigger rules',
    covers: (sqlState) =>
      ![...uniqueness, ...requirements].includes(sqlState) && !ownClasses.includes(sqlState.slice(0, 2)),
    rulesOf: ({ triggers, otherTriggers }) => [...triggers.map(nameOf), ...otherTriggers],
  },
];

const belongsTo = (group: Group, { statements }: DeclaredCheck) =>
  statements.some(({ expectedSqlState: state }) => state !== null && group.covers(state));

const resultsOf = (isMeant: (check: DeclaredCheck) => boolean, { declared, outcome }: Seen): readonly CheckResult[] => {
  const lines = declared.tests.filter(isMeant).map(({ line }) => line);
  return outcome.results.filter(({ line }) => lines.includes(line));
};

const teller =
  ({ fileName }: DeclaredTests) =>
  ({ name, line, failure }: CheckResult) =>
    `${fileName}:${line}, ${name}: ${failure ?? 'it did not pass'}`;

const judgeGroup = (group: Group, seen: Seen): BoxAnswer => {
  const made = group.rulesOf(seen.made);
  const tests = resultsOf((check) => belongsTo(group, check), seen);
  const failed = tests.filter(({ passed }) => !passed);
  const { box, what } = group;
  const facts = { made, tests: tests.map(({ name, line, passed }) => ({ name, line, passed })) };
  if (failed.length > 0) return { box, answer: 'failed', reason: failed.map(teller(seen.declared)).join('; '), facts };
  if (tests.length > 0) {
    const names = tests.map(({ name }) => name).join('; ');
    return { box, answer: 'proved', reason: `declared tests of ${what} that behaved as declared: ${names}`, facts };
  }
  if (made.length === 0)
    return { box, answer: 'not applicable', reason: `the migration makes no rule of this kind (${what})` };
  return {
    box,
    answer: 'open',
    reason: `no declared test was run of the ${count(made.length, 'rule')} of this kind (${what}) that the migration makes; tests derived from the catalog are not built yet`,
    facts,
  };
};

/**
 * A trigger that refuses is tested by its error; one that only changes a row, by being fired in tests that passed. A test that
 * failed and expects no error of any group is told here: what it looks at is what the rows are like afterwards.
 */
const judgeTriggerRules = (group: Group, seen: Seen, triggers: BoxAnswer): BoxAnswer => {
  const answer = judgeGroup(group, seen);
  const homeless = resultsOf((check) => !groups.some((one) => belongsTo(one, check)), seen);
  const failed = homeless.filter(({ passed }) => !passed);
  if (failed.length > 0) {
    const told = [...(answer.answer === 'failed' ? [answer.reason] : []), ...failed.map(teller(seen.declared))];
    return { ...answer, answer: 'failed', reason: told.join('; ') };
  }
  const allPassed = seen.outcome.results.every(({ passed }) => passed);
  return answer.answer === 'open' && triggers.answer === 'proved' && allPassed
    ? { ...answer, answer: 'proved', reason: `${triggers.reason}; all tests passed` }
    : answer;
};

/** Box 9.5: a trigger works when it is there as rehearsed (Step 9) and a test has fired its function. */
const judgeTriggers = ({ made: { triggers, otherTriggers }, outcome }: Seen): BoxAnswer => {
  const box = '9.5';
  const called = outcome.calledFunctions;
  if (triggers.length + otherTriggers.length === 0)
    return { box, answer: 'not applicable', reason: 'the migration makes no trigger' };
  const facts = { triggers, otherTriggers, calledFunctions: called };
  const disabled = triggers.filter(({ isEnabled }) => !isEnabled);
  if (disabled.length > 0)
    return { box, answer: 'failed', reason: `disabled: ${disabled.map(nameOf).join(', ')}`, facts };
  if (called === null)
    return {
      box,
      answer: 'open',
      reason: `there and enabled, but the role may not set track_functions, so it is not known whether the tests fired them: ${[...triggers.map(nameOf), ...otherTriggers].join(', ')}`,
      facts,
    };
  const silent = [...triggers.filter((trigger) => !called.includes(trigger.function)).map(nameOf), ...otherTriggers];
  return silent.length > 0
    ? { box, answer: 'open', reason: `there, but not seen to be fired by a declared test: ${silent.join(', ')}`, facts }
    : {
        box,
        answer: 'proved',
        reason: `enabled, and their functions called by the tests: ${triggers.map(nameOf).join(', ')}`,
        facts,
      };
};

const judgeCleanUp = ({ results, leftBehind }: ChecksOutcome): BoxAnswer => {
  const box = '10.4';
  if (leftBehind.length > 0) return { box, answer: 'failed', reason: `left behind: ${leftBehind.join(', ')}` };
  if (results.length === 0)
    return { box, answer: 'not applicable', reason: 'no test was declared, so no test data was made' };
  const reason = 'all tests ran in one transaction that was rolled back; row counts and sequences are as before';
  return { box, answer: 'proved', reason };
};

/** Boxes 10.1–10.4 and 9.5. `failures` is what must not come to the target, or stay in it, without a person's word. */
export const judgeChecks = ({
  before,
  after,
  declared,
  outcome,
}: {
  readonly before: Catalog;
  readonly after: Catalog;
  readonly declared: DeclaredTests;
  readonly outcome: ChecksOutcome;
}): { readonly boxes: readonly BoxAnswer[]; readonly failures: readonly string[] } => {
  const seen: Seen = { made: madeRules({ before, after }), declared, outcome };
  const triggers = judgeTriggers(seen);
  const [uniqueRules, requiredRules, triggerRules] = groups;
  return {
    boxes: [
      judgeGroup(uniqueRules, seen),
      judgeGroup(requiredRules, seen),
      judgeTriggerRules(triggerRules, seen, triggers),
      judgeCleanUp(outcome),
      triggers,
    ],
    failures: [
      ...outcome.results.filter(({ passed }) => !passed).map(teller(declared)),
      // A sequence that moved on leaves a gap in numbers and nothing else; the box says it, no rollback is worth it.
      ...outcome.leftBehind.filter((what) => !what.startsWith('sequence ')).map((what) => `left behind: ${what}`),
    ],
  };
};

/** For the approver: what came of the tests on the branch; empty where none was declared. */
export const rehearsedTestsInWords = (results: readonly CheckResult[]): string =>
  results.length === 0
    ? ''
    : `; declared tests that behaved as declared there: ${results.filter(({ passed }) => passed).length} of ${results.length}`;

/** The failed boxes as they stand before the apply: only the run after it, on the target, can prove one. */
export const failedBeforeApply = (boxes: readonly BoxAnswer[]): readonly BoxAnswer[] =>
  boxes
    .filter(({ answer }) => answer === 'failed')
    .map((box) => ({ ...box, reason: `on the branch, before the apply: ${box.reason}` }));
