/** Which files a change touches, by git: where no code host is asked, or it does not answer. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import type { ChangedFile } from '#adapters/github/pull-request';
import { InvalidInput } from '#domain/errors';
import { onOneLine } from '#domain/text/visible';

const execute = promisify(execFile);

/** Names of a million files; git's own default of 1 MB in Node is too little for a large change. */
const mostBytes = 256 * 1024 * 1024;

const git = async (...args: readonly string[]): Promise<string> => {
  const { stdout } = await execute('git', [...args], { maxBuffer: mostBytes });
  return stdout;
};

const saidBy = (error: unknown) =>
  onOneLine(String((error as { readonly stderr?: unknown }).stderr || (error as Error).message)).slice(0, 400);

/** The root of the repository in which the command was started; where it is none, the folder itself. */
export const readRoot = async (): Promise<string> => {
  try {
    return path.resolve((await git('rev-parse', '--show-toplevel')).trim());
  } catch {
    return path.resolve('');
  }
};

/** Since the branch left `base`. Errors: InvalidInput when git cannot compare. */
export const diffFiles = async (base: string): Promise<readonly ChangedFile[]> => {
  if (base.startsWith('-'))
    throw new InvalidInput(`--base is "${base}", which git would read as an option; expected a branch or a commit`);
  try {
    const listed = await git('diff', '--name-status', '-z', '--no-renames', `${base}...HEAD`, '--');
    const fields = listed.split('\0');
    return fields.flatMap((status, index) => {
      const name = fields[index + 1];
      return index % 2 === 0 && name !== undefined && name !== '' ? [{ path: name, isRemoved: status === 'D' }] : [];
    });
  } catch (cause) {
    throw new InvalidInput(
      `git cannot say what changed since ${base}: ${saidBy(cause)}; expected a commit of this clone that shares its history. Check out with fetch-depth: 0, or name another one with --base`,
      { cause },
    );
  }
};
