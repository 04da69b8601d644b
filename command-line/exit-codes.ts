/** The exit codes of every command, and the one rule for them; docs/operations.md has it for people. */

/**
 * `wrong`: arguments or configuration have to be corrected first. `failed`: the command tried or looked, and the result is bad.
 */
export const exitCodes = { done: 0, failed: 1, wrong: 2 } as const;

/** 128 + the signal's number, as a shell expects it. */
export const signalCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** Wrong use of the command line. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The user, or the system, asked the command to stop. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly exitCode: number;
  constructor(signal: keyof typeof signalCodes) {
    super('stopped; nothing is left behind');
    this.exitCode = signalCodes[signal];
  }
}

// Matched by name: no part of the project that the commands share has all three classes.
const wrongNames: readonly string[] = ['UsageError', 'InvalidInput', 'ConfigurationRefused'];

export const exitCodeOf = (error: Error): number => {
  if (error instanceof Interrupted) return error.exitCode;
  return wrongNames.includes(error.name) ? exitCodes.wrong : exitCodes.failed;
};
