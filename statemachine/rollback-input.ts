/** What a rollback is started with, read once by `Open rollback`. */
import { InvalidInput } from '#domain/errors';
import type { Failure, RunPin } from './contract';
import { describeValue, optionalPerson, optionalText, requireFields } from './input-fields';
import type { RollbackInput } from './rollback-contract';

const known = [
  ...['migration', 'because', 'startedBy', 'withLater', 'failedRun'],
  // Step Functions' own: by it the console shows which execution has started which.
  'AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID',
];

const example = 'expected {"migration": "<file, version or run>"} of a version that stands';

const optionalFlag = (input: Readonly<Record<string, unknown>>, name: string): boolean => {
  const value = input[name];
  if (value === undefined || value === null) return false;
  if (typeof value === 'boolean') return value;
  throw new InvalidInput(`"${name}" is ${describeValue(value)}; expected true or false, or leave it out`);
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Only the workflow gives it, from its own variables. */
const failedRunIn = (input: Readonly<Record<string, unknown>>, migration: string): RollbackInput['failedRun'] => {
  const value = input['failedRun'];
  if (value === undefined || value === null) return null;
  const { run, failure } = isRecord(value) ? value : {};
  if (isRecord(run) && run['runId'] === migration && isRecord(failure) && typeof failure['cause'] === 'string')
    return { run: run as RunPin, failure: failure as Failure };
  throw new InvalidInput(
    '"failedRun" is not the pin and the failure of the run that "migration" names; only a run that has failed gives it, so leave it out',
  );
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
    failedRun: failedRunIn(fields, migration),
  };
};
