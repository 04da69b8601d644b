/** JSONata in a workflow: verifies the expressions in `{% %}` at load, and evaluates them with AWS's error messages. */
import jsonata from 'jsonata';
import { interpreterFailure } from './errors';

/** Variables by name, `states` among them. */
export type Bindings = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

// Exactly at both ends: AWS takes a text with a space before `{%` literally.
const sourceOf = (value: unknown) =>
  typeof value === 'string' && value.startsWith('{%') && value.endsWith('%}') ? value.slice(2, -2).trim() : null;

export const isExpression = (value: unknown) => sourceOf(value) !== null;

// As many entries as the loaded workflows have different expressions.
const compiled = new Map<string, jsonata.Expression>();

const compile = (source: string) => {
  const expression = compiled.get(source) ?? jsonata(source);
  compiled.set(source, expression);
  return expression;
};

const messageOf = (error: unknown) => {
  const { code, message } = error as { code?: string; message?: string };
  return [code, message].filter(Boolean).join(': ');
};

// Step Functions adds the first six to JSONata and takes `$eval` away; none of them is built here.
const unsupportedFunctions = new Set(['partition', 'range', 'hash', 'uuid', 'parse', 'eval']);

const calledFunctions = (node: unknown): readonly string[] => {
  if (Array.isArray(node)) return node.flatMap(calledFunctions);
  if (!isRecord(node)) return [];
  const procedure = node['procedure'];
  const own = isRecord(procedure) && procedure['type'] === 'variable' ? [String(procedure['value'])] : [];
  return [...own, ...Object.values(node).flatMap(calledFunctions)];
};

/** Null when the value is no expression, or one that can be evaluated here. */
export const findExpressionProblem = (value: unknown): string | null => {
  const source = sourceOf(value);
  if (source === null) return null;
  try {
    const unsupported = calledFunctions(compile(source).ast()).find((name) => unsupportedFunctions.has(name));
    return unsupported === undefined ? null : `the JSONata function $${unsupported} in '${source}' is not supported`;
  } catch (error) {
    return `'${source}' is not JSONata: ${messageOf(error)}`;
  }
};

const evaluateExpression = async (source: string, bindings: Bindings, location: string) => {
  const refuse = (what: string) =>
    interpreterFailure(
      'States.QueryEvaluationError',
      `The JSONata expression '${source}' specified for the field '${location}' ${what}`,
      location,
    );
  let value: unknown;
  try {
    value = await compile(source).evaluate(undefined, { ...bindings });
  } catch (error) {
    throw refuse(`threw an error during evaluation. ${messageOf(error)}`);
  }
  if (value === undefined) throw refuse('returned nothing (undefined).');
  const text = JSON.stringify(value);
  if (text === undefined || typeof value === 'function') throw refuse('returned an unsupported result type.');
  // Through JSON, because JSONata's sequences and regular expressions carry more than their values.
  return JSON.parse(text) as unknown;
};

/** Evaluates every expression in a JSON value; the rest stays as it is. Throws States.QueryEvaluationError. */
export const evaluate = async (template: unknown, bindings: Bindings, location: string): Promise<unknown> => {
  const source = sourceOf(template);
  if (source !== null) return evaluateExpression(source, bindings, location);
  if (Array.isArray(template))
    return Promise.all(template.map((item, index) => evaluate(item, bindings, `${location}[${index}]`)));
  if (!isRecord(template)) return template;
  const entries = Object.entries(template).map(async ([key, value]) => [
    key,
    await evaluate(value, bindings, `${location}/${key}`),
  ]);
  return Object.fromEntries(await Promise.all(entries));
};

/** As `evaluate`, for a field that must give one kind of value; `expected` words it for the message. */
export const evaluateAs = async <T>(
  template: unknown,
  bindings: Bindings,
  location: string,
  expected: { readonly what: string; readonly is: (value: unknown) => value is T },
): Promise<T> => {
  const value = await evaluate(template, bindings, location);
  if (expected.is(value)) return value;
  const found = JSON.stringify(value).slice(0, 200);
  throw interpreterFailure(
    'States.QueryEvaluationError',
    `The field '${location}' gave ${found}; expected ${expected.what}.`,
    location,
  );
};

export const wholeNumber = (from: number, to: number) => ({
  what: `a whole number from ${from} to ${to}`,
  is: (value: unknown): value is number =>
    typeof value === 'number' && Number.isInteger(value) && value >= from && value <= to,
});

export const textValue = { what: 'a text', is: (value: unknown): value is string => typeof value === 'string' };
