/** What an execution is started with, read once by `Open run`. */
import { addressIn } from '#domain/approvals/person';
import { requirePullRequest } from '#domain/approvals/pull-request';
import { InvalidInput } from '#domain/errors';
import type { ExecutionInput } from './contract';

const describe = (value: unknown) => (value === undefined ? 'nothing' : JSON.stringify(value));

const optionalText = (input: Record<string, unknown>, name: string): string | null => {
  const value = input[name];
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' && value.trim() !== '') return value.trim();
  throw new InvalidInput(`"${name}" is ${describe(value)}; expected a text, or leave it out`);
};

/** People are compared by address: a name alone would keep nobody from approving what they started. */
const optionalPerson = (input: Record<string, unknown>, name: string): string | null => {
  const value = optionalText(input, name);
  if (value === null || addressIn(value) !== null) return value;
  throw new InvalidInput(`"${name}" is ${describe(value)}; expected one mail address such as ada@example.org`);
};

const optionalPullRequest = (input: Record<string, unknown>, name: string): string | null => {
  const value = optionalText(input, name);
  return value === null ? null : requirePullRequest(`"${name}"`, value);
};

const known = ['migration', 'pullRequest', 'startedBy', 'author'];

/**
 * Parses what the execution was started with. `available` is what the message lists when the migration is not usable.
 * Errors: InvalidInput.
 */
export const parseExecutionInput = (input: unknown, available: readonly string[]): ExecutionInput => {
  const example = `expected {"migration": "<file>"} with one of: ${available.join(', ') || '(no migrations found)'}`;
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw new InvalidInput(`the input is ${describe(input)}; ${example}`);
  const fields = input as Record<string, unknown>;
  const unknown = Object.keys(fields).filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new InvalidInput(
      `the input has ${unknown.map((name) => `"${name}"`).join(', ')}; known are ${known.join(', ')}`,
    );
  const migration = fields['migration'];
  if (typeof migration !== 'string' || migration === '')
    throw new InvalidInput(`"migration" is ${describe(migration)}; ${example}`);
  if (!available.includes(migration))
    throw new InvalidInput(`there is no migration ${describe(migration)}; ${example}`);
  return {
    migration,
    pullRequest: optionalPullRequest(fields, 'pullRequest'),
    startedBy: optionalPerson(fields, 'startedBy'),
    author: optionalPerson(fields, 'author'),
  };
};
