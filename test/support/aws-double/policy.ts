/** What IAM would say: statements as they stand in a resolved template, evaluated for one question. */
import type { Ask } from './wire';

export type PolicyStatement = {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
};

const listOf = (value: string | readonly string[]): readonly string[] => (typeof value === 'string' ? [value] : value);

/** `*` for any characters, `?` for one. */
const matches = (pattern: string, value: string) =>
  new RegExp(
    `^${pattern
      .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
    's',
  ).test(value);

const operators: Readonly<Record<string, (wanted: string, found: string) => boolean>> = {
  StringEquals: (wanted, found) => wanted === found,
  StringLike: matches,
  ArnEquals: matches,
  ArnLike: matches,
  NumericLessThanEquals: (wanted, found) => Number(found) <= Number(wanted),
};

const holds = (statement: PolicyStatement, context: Ask['context']) =>
  Object.entries(statement.Condition ?? {}).every(([operator, keys]) => {
    // `…IfExists` also holds where the request says nothing of the key.
    const isOptional = operator.endsWith('IfExists');
    const compare = operators[operator.replace(/IfExists$/, '')];
    if (!compare) throw new Error(`the double knows no condition ${operator}; teach it in aws-double/policy.ts`);
    return Object.entries(keys).every(([key, wanted]) => {
      const found = context?.[key];
      if (found === undefined) return isOptional;
      return listOf(wanted).some((one) => compare(one, found));
    });
  });

const applies = (statement: PolicyStatement, { action, resource, context }: Ask) =>
  listOf(statement.Action).some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase())) &&
  listOf(statement.Resource).some((pattern) => matches(pattern, resource)) &&
  holds(statement, context);

/** True when a statement allows it and none denies it. */
export const isAllowed = (statements: readonly PolicyStatement[], ask: Ask): boolean => {
  const effects = statements.filter((statement) => applies(statement, ask)).map(({ Effect }) => Effect);
  return effects.includes('Allow') && !effects.includes('Deny');
};
