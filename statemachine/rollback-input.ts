/** What a rollback is started with, read once by `Open rollback`. */
import { InvalidInput } from '#domain/errors';
import type { RollbackInput } from './contract';
import { describeValue, optionalPerson, optionalText, requireFields } from './input-fields';

const known = ['migration', 'because', 'startedBy', 'withLater'];

const example = 'expected {"migration": "<file, version or run>"} of a version that stands';

const optionalFlag = (input: Readonly<Record<string, unknown>>, name: string): boolean => {
  const value = input[name];
  if (value === undefined || value === null) return false;
  if (typeof value === 'boolean') return value;
  throw new InvalidInput(`"${name}" is ${describeValue(value)}; expected true or false, or leave it out`);
};

/** Errors: InvalidInput. */
export const parseRollbackInput = (input: unknown): RollbackInput => {
  const fields = requireFields(input, known, example);
  const migration = optionalText(fields, 'migration');
  if (migration === null) throw new InvalidInput(`"migration" is ${describeValue(fields['migration'])}; ${example}`);
  return {
    migration,
    because: optionalText(fields, 'because'),
    startedBy: optionalPerson(fields, 'startedBy'),
    withLater: optionalFlag(fields, 'withLater'),
  };
};
