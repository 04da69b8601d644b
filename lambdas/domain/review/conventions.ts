/** What a team has decided about the rules: which count how much with it, and why. */
import { InvalidInput } from '#domain/errors';
import { type Severity, severities } from './rule';
import { rules } from './rules';

/** The file's name, where none is given: below the folder in which the command was started. */
export const conventionsFileName = 'migration-checklist.json';

export type Convention = {
  readonly severity: Severity | 'off';
  /** Shown wherever the rule is passed over. */
  readonly because: string;
};

/** By the id of the rule. */
export type Conventions = ReadonlyMap<string, Convention>;

export const noConventions: Conventions = new Map();

const example =
  '{ "rules": { "created-at-missing": { "severity": "off", "because": "the event log has the times" } } }';

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const parseJson = (file: string, text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InvalidInput(`${file} is no JSON (${(cause as Error).message}); expected ${example}`, { cause });
  }
};

const words: readonly string[] = [...severities, 'off'];

const conventionOf = (file: string, id: string, value: unknown): Convention => {
  if (!rules.some((rule) => rule.id === id))
    throw new InvalidInput(`${file} names the rule "${id}", which does not exist; docs/rules/README.md lists them all`);
  const { severity, because, ...rest } = isRecord(value) ? value : {};
  if (typeof severity !== 'string' || !words.includes(severity))
    throw new InvalidInput(
      `${file}: the severity of ${id} is ${JSON.stringify(severity)}; expected one of: ${words.join(', ')}`,
    );
  if (typeof because !== 'string' || because.trim() === '')
    throw new InvalidInput(
      `${file}: ${id} has no reason; expected "because" with one sentence, which every report shows`,
    );
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined)
    throw new InvalidInput(`${file}: ${id} has "${unknown}"; expected "severity" and "because" alone`);
  return { severity: severity as Convention['severity'], because };
};

/** Errors: InvalidInput. */
export const parseConventions = (file: string, text: string): Conventions => {
  const value = parseJson(file, text);
  const { rules: chosen, ...rest } = isRecord(value) ? value : {};
  if (!isRecord(chosen) || Object.keys(rest).length > 0)
    throw new InvalidInput(
      `${file} holds ${isRecord(value) ? Object.keys(value).join(', ') || 'nothing' : 'no object'}; expected ${example}`,
    );
  return new Map(Object.entries(chosen).map(([id, one]) => [id, conventionOf(file, id, one)]));
};
