/** What all commands have in common: how they read their arguments, what they say, and how they end. */
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { exitCodeOf, UsageError } from './exit-codes';

export const say = (text: string) => process.stdout.write(`${text}\n`);
export const warn = (text: string) => process.stderr.write(`${text}\n`);

/** `command` is what a person types, `npm start`. Errors: UsageError, in one sentence. */
export const parseCommandLine = <const T extends ParseArgsConfig>(command: string, config: T) => {
  try {
    return parseArgs(config);
  } catch (error) {
    throw new UsageError(`${(error as Error).message.split(/\.\s/)[0]}; "${command} -- --help" lists what there is`);
  }
};

// As `| head` does once it has seen enough. The command ends as it does when it is asked to, and takes away what is its own.
const endWithReader = () => {
  process.stdout.once('error', (error: NodeJS.ErrnoException) => {
    process.stdout.on('error', () => undefined);
    if (error.code !== 'EPIPE') throw error;
    process.kill(process.pid, 'SIGTERM');
  });
};

/** Runs a command to its exit code. */
export const runCommand = (work: () => Promise<number>): void => {
  endWithReader();
  // That the SDK will want a newer Node some day is no news for whoever runs a command.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  work().then(
    (code) => {
      process.exitCode = code;
    },
    (error: Error) => {
      warn(`✗ ${error.message}`);
      // What was given up may still wait for an answer that nobody needs.
      process.exit(exitCodeOf(error));
    },
  );
};
