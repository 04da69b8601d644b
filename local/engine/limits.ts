/** Step Functions' limit of 256 KiB for a state's input, output and variables. */
import { interpreterFailure } from './errors';

// 256 KiB as UTF-8, the service quota for input, output and variables.
export const mostBytes = 262_144;

export const isTooLarge = (value: unknown) => Buffer.byteLength(JSON.stringify(value) ?? '') > mostBytes;

/** Throws States.DataLimitExceeded, which States.ALL does not catch. */
export const requireSize = (value: unknown, state: string, what: 'result' | 'output' | 'variables' | 'arguments') => {
  if (isTooLarge(value))
    throw interpreterFailure(
      'States.DataLimitExceeded',
      `The state/task '${state}' gave ${what} with a size exceeding the maximum number of bytes service limit (${mostBytes}).`,
    );
};
