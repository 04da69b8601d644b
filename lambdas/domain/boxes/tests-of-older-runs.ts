/**
 * How version 0.2.0 and before judged declared tests: their facts do not name what an error broke, so a test counted for every rule of
 * its kind. What was judged so then is judged so again.
 */
import { isEnum, type MadeRules } from '#domain/catalog/made-rules';
import { count } from '#domain/count';
import { failed, type Judgement, notApplicable, open, proved } from './room';
import {
  failureInWords,
  kinds,
  type RuleBox,
  type Seen,
  type TestKind,
  testsOf,
  testsOfNoKind,
  triggerLabel,
} from './seen-tests';

type Group = TestKind & { rulesOf(made: MadeRules): readonly string[] };

const groups: readonly [unique: Group, required: Group, trigger: Group] = [
  { ...kinds.unique, rulesOf: ({ unique }) => unique.map(({ label }) => label) },
  {
    ...kinds.required,
    rulesOf: ({ required }) => required.filter(({ object }) => !isEnum(object)).map(({ label }) => label),
  },
  { ...kinds.trigger, rulesOf: ({ triggers, otherTriggers }) => [...triggers.map(triggerLabel), ...otherTriggers] },
];

const judgeGroup = (group: Group, seen: Seen): Judgement => {
  const made = group.rulesOf(seen.made);
  const tests = testsOf(group, seen);
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
  const failing = testsOfNoKind(seen).filter(({ passed }) => !passed);
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
  if (disabled.length > 0) return failed(`disabled: ${disabled.map(triggerLabel).join(', ')}`, facts);
  if (called === null)
    return open(
      `the triggers exist and are enabled, but the role may not set track_functions, so nobody knows whether the tests fired them: ${[...triggers.map(triggerLabel), ...otherTriggers].join(', ')}`,
      facts,
    );
  const silent = [
    ...triggers.filter((trigger) => !called.includes(trigger.function)).map(triggerLabel),
    ...otherTriggers,
  ];
  return silent.length > 0
    ? open(`no declared test was seen to fire ${silent.join(', ')}`, facts)
    : proved(`the tests called the functions of the enabled triggers ${triggers.map(triggerLabel).join(', ')}`, facts);
};

const [uniqueRules, requiredRules, triggerRules] = groups;

/** By box; 10.4 looks at no rule and is judged as ever. */
export const olderJudges: Readonly<Record<RuleBox, (seen: Seen) => Judgement>> = {
  '10.1': (seen) => judgeGroup(uniqueRules, seen),
  '10.2': (seen) => judgeGroup(requiredRules, seen),
  '10.3': (seen) => judgeTriggerRules(triggerRules, seen),
  '9.5': judgeTriggers,
};
