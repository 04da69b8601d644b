/** Judges what the declared tests of Step 10 showed, against what the migration made. */
import type { Catalog } from '../catalog/catalog';
import { tablesOf, triggersOf } from '../catalog/tables';
import type { BoxAnswer } from '../evidence/document';
import type { CheckResult, DeclaredCheck } from './checks';

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
  /** What of this kind the catalog holds, by name. */
  rulesIn(catalog: Catalog): readonly string[];
};

/** What was declared, and what came of it. */
type Evidence = {
  readonly before: Catalog;
  readonly after: Catalog;
  readonly declared: readonly DeclaredCheck[];
  readonly outcome: ChecksOutcome;
};

const uniqueness = ['23505', '23P01'];
const requirements = ['23502', '23503', '23514'];

const groups: readonly [unique: Group, required: Group, trigger: Group] = [
  {
    box: '10.1',
    what: 'uniqueness',
    covers: (sqlState) => uniqueness.includes(sqlState),
    rulesIn: (catalog) =>
      tablesOf(catalog).flatMap(({ schema, name, indexes }) =>
        indexes.filter(({ isUnique }) => isUnique).map((index) => `${schema}.${name}: ${index.name}`),
      ),
  },
  {
    box: '10.2',
    what: 'not null, foreign key and check',
    covers: (sqlState) => requirements.includes(sqlState),
    rulesIn: (catalog) =>
      tablesOf(catalog).flatMap(({ schema, name, columns, foreignKeys }) => [
        ...columns.filter(({ isNullable }) => !isNullable).map((column) => `${schema}.${name}.${column.name} not null`),
        ...foreignKeys.map((key) => `${schema}.${name}: ${key.name}`),
      ]),
  },
  {
    box: '10.3',
    what: 'trigger rules',
    covers: (sqlState) => ![...uniqueness, ...requirements].includes(sqlState),
    rulesIn: (catalog) => triggersOf(catalog).map(({ table, name }) => `${table}: ${name}`),
  },
];

const madeBy = (rulesIn: Group['rulesIn'], { before, after }: Evidence): readonly string[] => {
  const old = new Set(rulesIn(before));
  return rulesIn(after).filter((rule) => !old.has(rule));
};

const resultsOf = (group: Group, { declared, outcome }: Evidence): readonly CheckResult[] => {
  const lines = declared
    .filter(({ statements }) => statements.some(({ expectedSqlState: state }) => state !== null && group.covers(state)))
    .map(({ line }) => line);
  return outcome.results.filter(({ line }) => lines.includes(line));
};

const tell = ({ name, line, failure }: CheckResult) => `line ${line}, ${name}: ${failure}`;

const judgeGroup = (group: Group, evidence: Evidence): BoxAnswer => {
  const made = madeBy(group.rulesIn, evidence);
  const tests = resultsOf(group, evidence);
  const failed = tests.filter(({ passed }) => !passed);
  const { box, what } = group;
  const facts = { made, tests: tests.map(({ name, line, passed }) => ({ name, line, passed })) };
  if (failed.length > 0) return { box, answer: 'failed', reason: failed.map(tell).join('; '), facts };
  if (tests.length > 0) {
    const names = tests.map(({ name }) => name).join('; ');
    return {
      box,
      answer: 'proved',
      reason: `${tests.length} declared tests of ${what} behaved as declared: ${names}`,
      facts,
    };
  }
  if (made.length === 0)
    return { box, answer: 'not applicable', reason: `the migration makes no rule of this kind (${what})` };
  return {
    box,
    answer: 'open',
    reason: `the migration makes ${made.length} rules of this kind (${what}) and declares no test of them; tests derived from the catalog are not built yet`,
    facts,
  };
};

/** A trigger that refuses is tested by its error; one that only changes a row, by being fired in tests that passed. */
const judgeTriggerRules = (group: Group, evidence: Evidence, triggers: BoxAnswer): BoxAnswer => {
  const answer = judgeGroup(group, evidence);
  const allPassed = evidence.outcome.results.every(({ passed }) => passed);
  return answer.answer === 'open' && triggers.answer === 'proved' && allPassed
    ? { ...answer, answer: 'proved', reason: `${triggers.reason}, which all passed` }
    : answer;
};

/** Box 9.5: a trigger works when it is there as rehearsed (Step 9) and a test has fired its function. */
const judgeTriggers = ({ before, after, outcome }: Evidence): BoxAnswer => {
  const keyOf = ({ table, name }: { table: string; name: string }) => `${table}: ${name}`;
  const old = new Set(triggersOf(before).map(keyOf));
  const made = triggersOf(after).filter((trigger) => !old.has(keyOf(trigger)));
  const box = '9.5';
  const called = outcome.calledFunctions;
  if (made.length === 0) return { box, answer: 'not applicable', reason: 'the migration makes no trigger' };
  const facts = { triggers: made, calledFunctions: called };
  const disabled = made.filter(({ isEnabled }) => !isEnabled);
  if (disabled.length > 0)
    return { box, answer: 'failed', reason: `disabled: ${disabled.map(keyOf).join(', ')}`, facts };
  if (called === null)
    return {
      box,
      answer: 'open',
      reason: `${made.length} triggers are enabled; the role may not set track_functions, so it is not known whether the tests fired them`,
      facts,
    };
  const silent = made.filter((trigger) => !called.includes(trigger.function));
  return silent.length > 0
    ? { box, answer: 'open', reason: `enabled, but fired by no declared test: ${silent.map(keyOf).join(', ')}`, facts }
    : { box, answer: 'proved', reason: `${made.length} triggers enabled, their functions called by the tests`, facts };
};

const judgeCleanUp = ({ results, leftBehind }: ChecksOutcome): BoxAnswer => {
  const box = '10.4';
  if (leftBehind.length > 0) return { box, answer: 'failed', reason: `left behind: ${leftBehind.join(', ')}` };
  if (results.length === 0)
    return { box, answer: 'not applicable', reason: 'no test was declared, so no test data was made' };
  const reason = 'all tests ran in one transaction that was rolled back; row counts and sequences are as before';
  return { box, answer: 'proved', reason };
};

/** Boxes 10.1–10.4 and 9.5. `failures` is what must not stay in the target without a person's word. */
export const judgeChecks = (
  evidence: Evidence,
): { readonly boxes: readonly BoxAnswer[]; readonly failures: readonly string[] } => {
  const { results, leftBehind } = evidence.outcome;
  const triggers = judgeTriggers(evidence);
  const [uniqueRules, requiredRules, triggerRules] = groups;
  return {
    boxes: [
      judgeGroup(uniqueRules, evidence),
      judgeGroup(requiredRules, evidence),
      judgeTriggerRules(triggerRules, evidence, triggers),
      judgeCleanUp(evidence.outcome),
      triggers,
    ],
    failures: [
      ...results.filter(({ passed }) => !passed).map(tell),
      // A sequence that moved on leaves a gap in numbers and nothing else; the box says it, no rollback is worth it.
      ...leftBehind.filter((what) => !what.startsWith('sequence ')).map((what) => `left behind: ${what}`),
    ],
  };
};
