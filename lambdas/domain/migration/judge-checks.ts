/** Judges what the declared tests of Step 10 showed, against what the migration made. */
import type { Catalog } from '../catalog/catalog';
import { tablesOf, triggersOf } from '../catalog/tables';
import type { BoxAnswer } from '../evidence/document';
import type { CheckResult } from './checks';

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

const uniqueness = ['23505', '23P01'];
const requirements = ['23502', '23503', '23514'];

const groups: readonly Group[] = [
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

const judgeGroup = (group: Group, before: Catalog, after: Catalog, results: readonly CheckResult[]): BoxAnswer => {
  const old = new Set(group.rulesIn(before));
  const made = group.rulesIn(after).filter((rule) => !old.has(rule));
  const tests = results.filter(({ sqlStates }) => sqlStates.some(group.covers));
  const failed = tests.filter(({ passed }) => !passed);
  const facts = { made, tests: tests.map(({ name, line, passed }) => ({ name, line, passed })) };
  if (failed.length > 0)
    return {
      box: group.box,
      answer: 'failed',
      reason: failed.map(({ name, line, failure }) => `line ${line}, ${name}: ${failure}`).join('; '),
      facts,
    };
  if (tests.length > 0)
    return {
      box: group.box,
      answer: 'proved',
      reason: `${tests.length} declared tests of ${group.what} behaved as declared: ${tests.map(({ name }) => name).join('; ')}`,
      facts,
    };
  if (made.length === 0)
    return {
      box: group.box,
      answer: 'not applicable',
      reason: `the migration makes no rule of this kind (${group.what})`,
    };
  return {
    box: group.box,
    answer: 'open',
    reason: `the migration makes ${made.length} rules of this kind (${group.what}) and declares no test of them; tests derived from the catalog are not built yet`,
    facts,
  };
};

/** Box 9.5: a trigger works when it is there as rehearsed (Step 9) and a test has fired its function. */
const judgeTriggers = (before: Catalog, after: Catalog, called: readonly string[] | null): BoxAnswer => {
  const keyOf = ({ table, name }: { table: string; name: string }) => `${table}: ${name}`;
  const old = new Set(triggersOf(before).map(keyOf));
  const made = triggersOf(after).filter((trigger) => !old.has(keyOf(trigger)));
  if (made.length === 0) return { box: '9.5', answer: 'not applicable', reason: 'the migration makes no trigger' };
  const facts = { triggers: made, calledFunctions: called };
  const disabled = made.filter(({ isEnabled }) => !isEnabled);
  if (disabled.length > 0)
    return { box: '9.5', answer: 'failed', reason: `disabled: ${disabled.map(keyOf).join(', ')}`, facts };
  if (called === null)
    return {
      box: '9.5',
      answer: 'open',
      reason: `${made.length} triggers are enabled; the role may not set track_functions, so it is not known whether the tests fired them`,
      facts,
    };
  const silent = made.filter((trigger) => !called.includes(trigger.function));
  return silent.length > 0
    ? {
        box: '9.5',
        answer: 'open',
        reason: `enabled, but fired by no declared test: ${silent.map(keyOf).join(', ')}`,
        facts,
      }
    : {
        box: '9.5',
        answer: 'proved',
        reason: `${made.length} triggers enabled, their functions called by the tests`,
        facts,
      };
};

/** Boxes 10.1–10.4 and 9.5. `failures` is what must not stay in the target without a person's word. */
export const judgeChecks = ({
  before,
  after,
  outcome,
}: {
  readonly before: Catalog;
  readonly after: Catalog;
  readonly outcome: ChecksOutcome;
}): { readonly boxes: readonly BoxAnswer[]; readonly failures: readonly string[] } => {
  const { results, calledFunctions, leftBehind } = outcome;
  const failed = results.filter(({ passed }) => !passed);
  const cleanUp: BoxAnswer =
    leftBehind.length > 0
      ? { box: '10.4', answer: 'failed', reason: `left behind: ${leftBehind.join(', ')}` }
      : results.length === 0
        ? { box: '10.4', answer: 'not applicable', reason: 'no test was declared, so no test data was made' }
        : {
            box: '10.4',
            answer: 'proved',
            reason: 'all tests ran in one transaction that was rolled back; row counts and sequences are as before',
          };
  return {
    boxes: [
      ...groups.map((group) => judgeGroup(group, before, after, results)),
      cleanUp,
      judgeTriggers(before, after, calledFunctions),
    ],
    failures: [
      ...failed.map(({ name, line, failure }) => `line ${line}, ${name}: ${failure}`),
      ...leftBehind.map((what) => `left behind: ${what}`),
    ],
  };
};
