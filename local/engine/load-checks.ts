/** Checks of single values in a workflow file; each reports what is wrong as a clause that follows `field "…"`. */
import { findExpressionProblem, isExpression, isRecord } from './expressions';

export type Report = (problem: string) => void;

/** The context of a field: the names that Next may go to, and how to verify a nested machine. */
export type FieldContext = {
  readonly siblings: ReadonlySet<string>;
  readonly verifyMachine: (machine: unknown, report: Report) => void;
};

export type FieldCheck = (value: unknown, report: Report, context: FieldContext) => void;

export const describe = (value: unknown) => (value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 120));

/** Passes everything; for comments. */
export const anything: FieldCheck = () => undefined;

export const oneOf =
  (...allowed: readonly unknown[]): FieldCheck =>
  (value, report) => {
    if (!allowed.includes(value)) report(`is ${describe(value)}; supported: ${allowed.map(describe).join(', ')}`);
  };

export const text: FieldCheck = (value, report) => {
  if (typeof value !== 'string') report(`is ${describe(value)}; expected a text`);
};

/** A JSON value whose strings may be expressions. */
export const template: FieldCheck = (value, report, context) => {
  if (typeof value === 'string') {
    const problem = findExpressionProblem(value);
    if (problem !== null) report(`cannot be evaluated: ${problem}`);
    if (/^States\.[A-Za-z0-9]+\(/.test(value))
      report(`uses the intrinsic ${describe(value)}, which exists in JSONPath and not in JSONata`);
  }
  if (Array.isArray(value)) for (const item of value) template(item, report, context);
  if (isRecord(value))
    for (const [key, item] of Object.entries(value)) {
      if (key.endsWith('.$')) report(`has the key ${describe(key)}, which is JSONPath; only JSONata is supported`);
      template(item, report, context);
    }
};

export const textTemplate: FieldCheck = (value, report, context) => {
  text(value, report, context);
  template(value, report, context);
};

export const numberTemplate =
  (from: number, to: number): FieldCheck =>
  (value, report, context) => {
    if (isExpression(value)) return template(value, report, context);
    if (typeof value !== 'number' || !Number.isInteger(value) || value < from || value > to)
      report(`is ${describe(value)}; expected a whole number from ${from} to ${to} or JSONata`);
  };

export const numberBetween =
  (from: number, to: number, whole = true): FieldCheck =>
  (value, report) => {
    if (typeof value !== 'number' || value < from || value > to || (whole && !Number.isInteger(value)))
      report(`is ${describe(value)}; expected a ${whole ? 'whole ' : ''}number from ${from} to ${to}`);
  };

/** The name of a state beside this one. */
export const target: FieldCheck = (value, report, context) => {
  if (typeof value !== 'string' || !context.siblings.has(value))
    report(`is ${describe(value)}; expected the name of a state in the same machine`);
};

/** Names of variables with their values. */
export const assignment: FieldCheck = (value, report, context) => {
  if (!isRecord(value)) return report(`is ${describe(value)}; expected an object of variables`);
  for (const name of Object.keys(value))
    if (name === 'states' || name.length > 80 || !/^[\p{ID_Start}_][\p{ID_Continue}]*$/u.test(name))
      report(
        `names the variable ${describe(name)}; expected an identifier of at most 80 characters other than "states"`,
      );
  template(value, report, context);
};

/** An object with these fields and no others. */
export const fields =
  (known: Readonly<Record<string, FieldCheck>>, required: readonly string[]): FieldCheck =>
  (value, report, context) => {
    if (!isRecord(value)) return report(`is ${describe(value)}; expected an object`);
    for (const [name, item] of Object.entries(value)) {
      const check = known[name];
      if (check === undefined) report(`has "${name}", which is not supported; known: ${Object.keys(known).join(', ')}`);
      else check(item, (problem) => report(`> "${name}" ${problem}`), context);
    }
    for (const name of required) if (value[name] === undefined) report(`lacks "${name}"`);
  };

export const listOf =
  (check: FieldCheck, least = 0): FieldCheck =>
  (value, report, context) => {
    if (!Array.isArray(value) || value.length < least)
      return report(`is ${describe(value)}; expected a list${least > 0 ? ` of at least ${least}` : ''}`);
    for (const [index, item] of value.entries()) check(item, (problem) => report(`[${index}] ${problem}`), context);
  };

/** States.ALL must be alone and last, or the matchers after it are never reached. */
export const errorMatchers =
  (check: FieldCheck): FieldCheck =>
  (value, report, context) => {
    listOf(check)(value, report, context);
    if (!Array.isArray(value)) return;
    for (const [index, matcher] of value.entries()) {
      const names: unknown = isRecord(matcher) ? matcher['ErrorEquals'] : undefined;
      if (!Array.isArray(names) || !names.includes('States.ALL')) continue;
      if (names.length > 1) report(`[${index}] has States.ALL beside other names; it must stand alone`);
      if (index < value.length - 1) report(`[${index}] has States.ALL before others; it must come last`);
    }
  };
