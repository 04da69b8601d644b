/** What the declared tests showed, against what the migration made: judged on the branch by Step 6, on the target by Step 10. */
import type { Catalog } from '#domain/catalog/catalog';
import { type MadeRules, madeRules } from '#domain/catalog/made-rules';
import type { CatalogTrigger } from '#domain/catalog/tables';
import type { CheckResult, ChecksFile, DeclaredCheck } from '#domain/checks/checks';
import { count } from '#domain/count';
import { failed, type Judgement, notApplicable, open, proved } from './room';

/** The boxes that declared tests answer. */
export type TestedBox = '10.1' | '10.2' | '10.3' | '10.4' | '9.5';

/** What `runChecks` gave. */
export type ChecksOutcome = {
  readonly results: readonly CheckResult[];
  readonly calledFunctions: readonly string[] | null;
  readonly leftBehind: readonly string[];
};

type Group = {
  readonly what: string;
  /** The tests of this group are recognised by the SQLSTATEs they expect. */
  covers(sqlState: string): boolean;
  rulesOf(made: MadeRules): readonly string[];
};

type DeclaredTests = Pick<ChecksFile, 'fileName' | 'tests'>;

const nothingDeclared: DeclaredTests = { fileName: 'no checks file', tests: [] };

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
    what: 'uniqueness',
    covers: (sqlState) => uniqueness.includes(sqlState),
    rulesOf: ({ unique }) => unique,
  },
  {
    what: 'not null, foreign key and check',
    covers: (sqlState) => requirements.includes(sqlState),
    rulesOf: ({ required }) => required,
  },
  {
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

const failureInWords =
  ({ fileName }: DeclaredTests) =>
  ({ name, line, failure }: CheckResult) =>
    `${fileName}:${line}, ${name}: ${failure ?? 'it did not pass'}`;

const judgeGroup = (group: Group, seen: Seen): Judgement => {
  const made = group.rulesOf(seen.made);
  const tests = resultsOf((check) => belongsTo(group, check), seen);
  const failing = tests.filter(({ passed }) => !passed);
  const { what } = group;
  const facts = { made, tests: tests.map(({ name, line, passed }) => ({ name, line, passed })) };
  if (failing.length > 0) return failed(failing.map(failureInWords(seen.declared)).join('; '), facts);
  if (tests.length > 0) {
    const names = tests.map(({ name }) => name).join('; ');
    return proved(`these declared tests of ${what} passed: ${names}`, facts);
  }
  return made.length === 0
    ? notApplicable(`the migration creates no rule of this kind (${what})`)
    : open(
        `no declared test covers the ${count(made.length, 'rule')} of this kind (${what}) that the migration creates; tests derived from the catalog are not built yet`,
        facts,
      );
};

/**
 * A trigger that refuses is tested by its error; one that only changes a row, by being fired in tests that passed. A test that
 * failed and expects no error of any group is judged here: it looks at the rows afterwards.
 */
const judgeTriggerRules = (group: Group, seen: Seen): Judgement => {
  const judgement = judgeGroup(group, seen);
  const ungrouped = resultsOf((check) => !groups.some((one) => belongsTo(one, check)), seen);
  const failing = ungrouped.filter(({ passed }) => !passed);
  if (failing.length > 0) {
    const reasons = [
      ...(judgement.answer === 'failed' ? [judgement.reason] : []),
      ...failing.map(failureInWords(seen.declared)),
    ];
    return { ...judgement, answer: 'failed', reason: reasons.join('; ') };
  }
  const triggers = judgeTriggers(seen);
  const allPassed = seen.outcome.results.every(({ passed }) => passed);
  return judgement.answer === 'open' && triggers.answer === 'proved' && allPassed
    ? { ...judgement, answer: 'proved', reason: `${triggers.reason}; all tests passed` }
    : judgement;
};

/** A trigger works when it is there as rehearsed (Step 9) and a test has fired its function. */
const judgeTriggers = ({ made: { triggers, otherTriggers }, outcome }: Seen): Judgement => {
  const called = outcome.calledFunctions;
  if (triggers.length + otherTriggers.length === 0) return notApplicable('the migration creates no trigger');
  const facts = { triggers, otherTriggers, calledFunctions: called };
  const disabled = triggers.filter(({ isEnabled }) => !isEnabled);
  if (disabled.length > 0) return failed(`disabled: ${disabled.map(nameOf).join(', ')}`, facts);
  if (called === null)
    return open(
      `the triggers exist and are enabled, but the role may not set track_functions, so nobody knows whether the tests fired them: ${[...triggers.map(nameOf), ...otherTriggers].join(', ')}`,
      facts,
    );
  const silent = [...triggers.filter((trigger) => !called.includes(trigger.function)).map(nameOf), ...otherTriggers];
  return silent.length > 0
    ? open(`no declared test was seen to fire ${silent.join(', ')}`, facts)
    : proved(`the tests called the functions of the enabled triggers ${triggers.map(nameOf).join(', ')}`, facts);
};

const judgeCleanUp = ({ outcome: { results, leftBehind } }: Seen): Judgement => {
  if (leftBehind.length > 0) return failed(`the tests left behind ${leftBehind.join(', ')}`);
  if (results.length === 0) return notApplicable('no test was declared, so no test data was made');
  return proved('all tests ran in one transaction that was rolled back; row counts and sequences did not change');
};

const [uniqueRules, requiredRules, triggerRules] = groups;

const judges: Readonly<Record<TestedBox, (seen: Seen) => Judgement>> = {
  '10.1': (seen) => judgeGroup(uniqueRules, seen),
  '10.2': (seen) => judgeGroup(requiredRules, seen),
  '10.3': (seen) => judgeTriggerRules(triggerRules, seen),
  '10.4': judgeCleanUp,
  '9.5': judgeTriggers,
};

/** What a step knows of the tests: the checks file, null where there is none; what they gave; and what the migration made. */
type TestFacts = {
  readonly checks: DeclaredTests | null;
  readonly tests: ChecksOutcome;
  readonly catalogBefore: Catalog;
  readonly catalogAfter: Catalog;
};

export const judgeTests = (box: TestedBox, { checks, tests, catalogBefore, catalogAfter }: TestFacts): Judgement =>
  judges[box]({
    made: madeRules({ before: catalogBefore, after: catalogAfter }),
    declared: checks ?? nothingDeclared,
    outcome: tests,
  });

/** What must not come to the target, or stay in it, without a person's word: one sentence each. */
export const failuresOf = (checks: DeclaredTests | null, { results, leftBehind }: ChecksOutcome): readonly string[] => [
  ...results.filter(({ passed }) => !passed).map(failureInWords(checks ?? nothingDeclared)),
  // A sequence that moved on leaves a gap in numbers and nothing else; the box says it, no rollback is worth it.
  ...leftBehind.filter((what) => !what.startsWith('sequence ')).map((what) => `the tests left behind ${what}`),
];
