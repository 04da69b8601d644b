/** Shared by all commands: they read their arguments, write their output and end in the same way. */
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { printJson, visible } from '#domain/text/visible';
import { asTyped, swallowedOption } from './as-typed';
import { databaseUrlOf, warningAbout, withPassword } from './database-url';
import { exitCodeOf, UsageError } from './exit-codes';

// Whatever is printed may hold somebody's words, and a terminal obeys some of them: only line breaks and tabs get through.
export const say = (text: string) => process.stdout.write(`${visible(asTyped(text))}\n`);
export const warn = (text: string) => process.stderr.write(`${visible(asTyped(text))}\n`);

/** For programs; the same value to them, and harmless on a terminal. */
export const sayJson = (value: unknown, indent?: number) => process.stdout.write(`${printJson(value, indent)}\n`);

/** A message of several lines; none of them looks like a line of ours. */
export const indentRest = (text: string) => text.replaceAll(/\n(?=\S)/g, '\n  ');

/** The same option of every command that has it. Errors: UsageError. */
const withDatabaseUrl = <T extends { readonly values: object }>(parsed: T): T => {
  const values = parsed.values as { 'database-url'?: string };
  const given = values['database-url'];
  if (given === undefined) return parsed;
  const warning = warningAbout(given);
  if (warning !== null) warn(`! ${warning}`);
  values['database-url'] = withPassword(databaseUrlOf(given, process.env), process.env);
  return parsed;
};

/** `command` is what a person types, `npm start`. Errors: UsageError, in one sentence. */
export const parseCommandLine = <const T extends ParseArgsConfig>(command: string, config: T) => {
  const swallowed = swallowedOption(Object.keys(config.options ?? {}), process.env);
  if (swallowed !== null)
    throw new UsageError(
      `npm took --${swallowed} for itself; write what the command is to get behind "--": ${command} -- --${swallowed} …`,
    );
  try {
    return withDatabaseUrl(parseArgs(config));
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${(error as Error).message.split(/\.\s/)[0]}; "${command} -- --help" lists what there is`);
  }
};

// `| head` closes the pipe once it has seen enough. The command then ends as after Ctrl-C, and removes what it made.
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
  // The SDK's warning about a future Node version is of no use to a person who runs a command.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  work().then(
    (code) => {
      process.exitCode = code;
    },
    (error: Error) => {
      warn(`✗ ${indentRest(error.message)}`);
      // Aborted work may still wait for an answer that nobody needs.
      process.exit(exitCodeOf(error));
    },
  );
};
