/**
 * Boxes 10.1 to 10.3 and 9.5: each rule that the migration makes is paired with the test whose error named it, each trigger with the
 * test that fired it. What no test has broken is listed, with a test to paste into the checks file.
 */

import type { MadeRule, MadeTrigger } from '#domain/catalog/made-rules';
import { refusesRows } from '#domain/catalog/refusing-function';
import { isBrokenBy, lineageOf } from '#domain/checks/broken-rules';
import type { CheckResult } from '#domain/checks/checks';
import { type Firing, firedTriggers } from '#domain/checks/fired-triggers';
import { proposedTest, proposedTriggerTest } from '#domain/checks/proposed-test';
import { failed, type Judgement, notApplicable, open, proved } from './room';
import {
  failureInWords,
  kinds,
  type RuleBox,
  type Seen,
  type TestKind,
  testsNotRun,
  testsOf,
  testsOfNoKind,
  triggerLabel,
} from './seen-tests';

/** A rule or trigger with the names of the tests that showed it at work; none is what has to be said. */
type Paired = { readonly rule: string; readonly tests: readonly string[] };

/** A rule that no test has broken, with a test to paste; empty where none can be derived. */
export type Untested = { readonly rule: string; readonly test: string };

const namesOf = (tests: readonly CheckResult[]) => tests.map(({ name, line, passed }) => ({ name, line, passed }));

const unique = (names: readonly string[]) => [...new Set(names)];

type Shown = 'broken' | 'fired';

const rulesInWords = (number: number, what: string) =>
  `${number === 1 ? 'the one rule' : `the ${number} rules`} of this kind (${what}) that the migration makes`;

/** All of them by name; a test to paste for each stands in the facts. */
const untestedInWords = (what: string, shown: Shown, untested: readonly Untested[], of: number) => {
  const some = untested.length === of ? 'any of ' : `${untested.length} of `;
  return `no declared test has ${shown} ${of === 1 ? '' : some}${rulesInWords(of, what)}: ${untested.map(({ rule }) => rule).join('; ')}`;
};

// The facts have all of them; the reason says enough to know what it is about.
const namedRules = 5;

const provedInWords = (what: string, shown: Shown, pairs: readonly Paired[]) => {
  const named = pairs.slice(0, namedRules).map(({ rule, tests: [test] }) => `${rule} (${test})`);
  const more = pairs.length > namedRules ? [`and ${pairs.length - namedRules} more`] : [];
  return `declared tests have ${shown} ${pairs.length === 1 ? '' : 'each of '}${rulesInWords(pairs.length, what)}: ${[...named, ...more].join('; ')}`;
};

type Matter = {
  readonly shown: Shown;
  readonly kind: TestKind;
  readonly failing: readonly CheckResult[];
  readonly tests: readonly CheckResult[];
  readonly pairs: readonly Paired[];
  readonly untested: readonly Untested[];
};

const judgePairs = (seen: Seen, { shown, kind, failing, tests, pairs, untested }: Matter): Judgement => {
  const { what } = kind;
  const facts = { rules: pairs, untested, tests: namesOf(tests) };
  if (failing.length > 0) return failed(failing.map(failureInWords(seen.declared)).join('; '), facts);
  const notRun = testsNotRun(kind, seen);
  if (notRun.length > 0)
    return open(`declared tests have no result: ${notRun.map(({ name }) => name).join('; ')}`, facts);
  if (untested.length > 0) return open(untestedInWords(what, shown, untested, pairs.length), facts);
  if (pairs.length > 0) return proved(provedInWords(what, shown, pairs), facts);
  return tests.length === 0
    ? notApplicable(`the migration creates no rule of this kind (${what})`)
    : proved(
        `the migration creates no rule of this kind (${what}); these declared tests of it passed: ${tests.map(({ name }) => name).join('; ')}`,
        facts,
      );
};

const judgeRules = (kind: TestKind, made: readonly MadeRule[], seen: Seen): Judgement => {
  const lineage = lineageOf(seen.catalogAfter);
  const passed = seen.outcome.results.filter((result) => result.passed);
  const rules = made
    .filter(({ standsAlone }) => standsAlone)
    .map(({ label, object }) => ({
      object,
      rule: label,
      tests: passed
        .filter(({ errors }) => errors?.some((error) => isBrokenBy(error, object, lineage)))
        .map(({ name }) => name),
    }));
  const tests = testsOf(kind, seen);
  return judgePairs(seen, {
    shown: 'broken',
    kind,
    tests,
    failing: tests.filter((result) => !result.passed),
    pairs: rules.map(({ rule, tests: names }) => ({ rule, tests: names })),
    untested: rules
      .filter(({ tests: names }) => names.length === 0)
      .map(({ rule, object }) => ({ rule, test: proposedTest(object, seen.catalogAfter) })),
  });
};

const identityOf = (seen: Seen, { table, name }: MadeTrigger) =>
  seen.catalogAfter.objects.find(
    ({ kind, identity }) =>
      kind === 'trigger' &&
      (identity === `${table}.${name}` || identity === `${table}."${name.replaceAll('"', '""')}"`),
  )?.identity ?? '';

const firingsOf = (seen: Seen) => {
  const firings = firedTriggers(seen.declared.tests, seen.outcome.results, seen.catalogAfter);
  return (trigger: MadeTrigger): readonly Firing[] => {
    const identity = identityOf(seen, trigger);
    return firings.filter((firing) => firing.trigger === identity);
  };
};

const madeTriggers = ({ made }: Seen) => made.triggers.filter(({ standsAlone }) => standsAlone);

/** A trigger that refuses is tested by its error; one that only changes rows, by being fired in a test that passed. */
const judgeTriggerRules = (seen: Seen): Judgement => {
  const firings = firingsOf(seen);
  const tested = madeTriggers(seen).map((trigger) => {
    const mustRefuse = refusesRows(seen.catalogAfter, trigger.function);
    const counting = firings(trigger).filter(({ hasRefused }) => hasRefused || !mustRefuse);
    return { trigger, rule: triggerLabel(trigger), mustRefuse, tests: unique(counting.map(({ test }) => test)) };
  });
  const tests = testsOf(kinds.trigger, seen);
  return judgePairs(seen, {
    shown: 'fired',
    kind: kinds.trigger,
    tests,
    failing: [...tests, ...testsOfNoKind(seen)].filter((result) => !result.passed),
    pairs: [
      ...tested.map(({ rule, tests: names }) => ({ rule, tests: names })),
      ...seen.made.otherTriggers.map((rule) => ({ rule, tests: [] })),
    ],
    untested: [
      ...tested
        .filter(({ tests: names }) => names.length === 0)
        .map(({ trigger, rule, mustRefuse }) => ({
          rule,
          test: proposedTriggerTest(identityOf(seen, trigger), seen.catalogAfter, mustRefuse),
        })),
      ...seen.made.otherTriggers.map((rule) => ({ rule, test: '' })),
    ],
  });
};

/** A trigger works when it is there as rehearsed (Step 9) and a test has fired it. */
const judgeTriggers = (seen: Seen): Judgement => {
  const { otherTriggers } = seen.made;
  const { calledFunctions } = seen.outcome;
  const triggers = madeTriggers(seen);
  if (triggers.length + otherTriggers.length === 0) return notApplicable('the migration creates no trigger');
  const firings = firingsOf(seen);
  const pairs = triggers.map((trigger) => ({
    rule: triggerLabel(trigger),
    tests: unique(firings(trigger).map(({ test }) => test)),
  }));
  const facts = { triggers: pairs, otherTriggers, calledFunctions };
  const disabled = triggers.filter(({ isEnabled }) => !isEnabled);
  if (disabled.length > 0) return failed(`disabled: ${disabled.map(triggerLabel).join(', ')}`, facts);
  const silent = [...pairs.filter(({ tests }) => tests.length === 0).map(({ rule }) => rule), ...otherTriggers];
  if (silent.length === 0)
    return proved(`declared tests fired ${pairs.map(({ rule, tests }) => `${rule} (${tests[0]})`).join('; ')}`, facts);
  return calledFunctions === null
    ? open(
        `the triggers exist and are enabled, but the role may not set track_functions, so only a trigger that refuses is seen to fire; not seen: ${silent.join(', ')}`,
        facts,
      )
    : open(`no declared test was seen to fire ${silent.join(', ')}`, facts);
};

/** By box. */
export const pairedJudges: Readonly<Record<RuleBox, (seen: Seen) => Judgement>> = {
  '10.1': (seen) => judgeRules(kinds.unique, seen.made.unique, seen),
  '10.2': (seen) => judgeRules(kinds.required, seen.made.required, seen),
  '10.3': judgeTriggerRules,
  '9.5': judgeTriggers,
};
