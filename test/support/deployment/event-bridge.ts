/** Amazon EventBridge as far as the product's rules need it: patterns, input transformers, and who may call whom. */
import type { Deployed, DeployedRule, RuleTarget } from './deployed';

export type AwsEvent = Readonly<Record<string, unknown>> & { readonly source: string; readonly 'detail-type': string };

type Matcher = string | number | boolean | null | { readonly prefix: string };

const fits = (matcher: Matcher, value: unknown): boolean => {
  if (typeof matcher !== 'object' || matcher === null) return matcher === value;
  const [operator] = Object.keys(matcher);
  if (operator === 'prefix') return typeof value === 'string' && value.startsWith(matcher.prefix);
  throw new Error(`the pattern says ${operator}; teach it in test/support/deployment/event-bridge.ts`);
};

/** Every field of the pattern is in the event, with one of the values that the pattern names. */
export const matchesPattern = (pattern: unknown, event: unknown): boolean => {
  // A list in the event fits when one of its values does.
  const values = Array.isArray(event) ? event : [event];
  if (Array.isArray(pattern)) return values.some((value) => pattern.some((matcher) => fits(matcher as Matcher, value)));
  return Object.entries(pattern as object).every(([name, inner]) =>
    matchesPattern(inner, (event as Readonly<Record<string, unknown>> | null | undefined)?.[name]),
  );
};

const atPath = (event: unknown, path: string): unknown =>
  path
    .split('.')
    .slice(1)
    .reduce<unknown>((value, name) => (value as Readonly<Record<string, unknown>> | undefined)?.[name], event);

/** `<name>` is the value as JSON, and within a string the text alone (User Guide, "Input transformation"). */
export const transformInput = ({ InputTransformer }: RuleTarget, event: AwsEvent): unknown => {
  if (!InputTransformer) return event;
  const { InputPathsMap, InputTemplate } = InputTransformer;
  const values = Object.entries(InputPathsMap).map(([name, path]) => [name, atPath(event, path) ?? null] as const);
  const filled = values.reduce((template, [name, value]) => {
    const json = JSON.stringify(value);
    const text = typeof value === 'string' ? json.slice(1, -1) : json;
    return template.replaceAll(new RegExp(`("(?:[^"\\\\]|\\\\.)*")|<${name}>`, 'g'), (found, quoted?: string) =>
      quoted === undefined ? json : found.replaceAll(`<${name}>`, text),
    );
  }, InputTemplate);
  return JSON.parse(filled);
};

/** Hands the event to the targets of every rule that matches, where the rule may call them. Returns their number. */
export const deliver = async (
  { rules, mayCall }: Deployed,
  event: AwsEvent,
  call: (functionArn: string, input: unknown) => Promise<unknown>,
): Promise<number> => {
  const targetsOf = (rule: DeployedRule) => rule.targets.map((target) => ({ rule, target }));
  const matched = rules.filter(({ pattern }) => matchesPattern(pattern, event)).flatMap(targetsOf);
  for (const { rule, target } of matched)
    if (!mayCall('events.amazonaws.com', target.Arn, rule.arn))
      throw new Error(`the rule ${rule.arn} may not call ${target.Arn}`);
  await Promise.all(matched.map(({ target }) => call(target.Arn, transformInput(target, event))));
  return matched.length;
};
