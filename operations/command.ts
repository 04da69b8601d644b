/** What the operator's commands have in common: exit codes, and one way to end with an error. */
import { InvalidInput } from '../lambdas/domain/errors';

/** 0 done, 1 it failed or was refused, 2 wrong use of the command line. */
export type ExitCode = 0 | 1 | 2;

export const say = (text: string) => process.stdout.write(`${text}\n`);

/** True for what `parseArgs` throws for an option that it does not know. */
const isWrongUse = (error: Error) =>
  error instanceof InvalidInput || String((error as NodeJS.ErrnoException).code).startsWith('ERR_PARSE_ARGS');

/** Runs a command to its exit code; `usage` follows where the command line was at fault. */
export const runCommand = (usage: string, work: () => Promise<ExitCode>): void => {
  // That the SDK will want a newer Node some day is no news for whoever runs a command.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  work().then(
    (code) => {
      process.exitCode = code;
    },
    (error: Error) => {
      process.stderr.write(`✗ ${error.message}\n${isWrongUse(error) ? `\n${usage}\n` : ''}`);
      process.exitCode = isWrongUse(error) ? 2 : 1;
    },
  );
};
