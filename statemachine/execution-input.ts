/** What an execution is started with, read once by `Open run`. */
import { requirePullRequest } from '#domain/approvals/pull-request';
import { InvalidInput } from '#domain/errors';
import type { ExecutionInput } from './contract';
import { describeValue, optionalPerson, optionalText, requireFields } from './input-fields';

const optionalPullRequest = (input: Readonly<Record<string, unknown>>, name: string): string | null => {
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
  const fields = requireFields(input, known, example);
  const migration = fields['migration'];
  if (typeof migration !== 'string' || migration === '')
    throw new InvalidInput(`"migration" is ${describeValue(migration)}; ${example}`);
  if (!available.includes(migration))
    throw new InvalidInput(`there is no migration ${describeValue(migration)}; ${example}`);
  return {
    migration,
    pullRequest: optionalPullRequest(fields, 'pullRequest'),
    startedBy: optionalPerson(fields, 'startedBy'),
    author: optionalPerson(fields, 'author'),
  };
};
