/** What another linter says of the same statements: squawk, where somebody has installed it. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { InvalidInput, PlatformFailed } from '#domain/errors';
import type { Script } from '#domain/folders/folder';
import type { SecondOpinion } from '#domain/review/second-opinion';

const isWindows = process.platform === 'win32';
const names = isWindows ? ['squawk.exe', 'squawk.cmd'] : ['squawk'];

/** As npx finds a program: in node_modules of this folder and those above it, then on the PATH. Errors: InvalidInput. */
export const findSquawk = (folder: string, searchPath: string): string => {
  const above: string[] = [];
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    above.push(path.join(at, 'node_modules', '.bin'));
    if (path.dirname(at) === at) break;
  }
  const places = [...above, ...searchPath.split(path.delimiter).filter(Boolean)];
  const found = places.flatMap((place) => names.map((name) => path.join(place, name))).find((file) => existsSync(file));
  if (found !== undefined) return found;
  throw new InvalidInput(
    '--squawk asks squawk for a second opinion, and it is installed neither here nor on the PATH; expected the package squawk-cli, or leave --squawk out',
  );
};

/** What runs forwards, each part on its line of the file: a rollback in the same file is not what squawk is asked about. */
const sqlOf = ({ parts }: Script): string => {
  let text = '';
  let line = 1;
  for (const part of parts) {
    const between = '\n'.repeat(Math.max(0, part.line - line));
    text += `${between}${part.text}${/;\s*$/.test(part.text) ? '' : '\n;'}`;
    line += between.length + part.text.split('\n').length - 1 + (/;\s*$/.test(part.text) ? 0 : 1);
  }
  return text;
};

type Said = {
  readonly line: number;
  readonly rule_name: string;
  readonly message: string;
  readonly help?: string | null;
};

/** 30 s: squawk takes milliseconds for a file; more means that it hangs. */
const timeoutMs = 30_000;

const run = (program: string, args: readonly string[], input: string) =>
  new Promise<string>((resolve, reject) => {
    const child = execFile(program, args, { timeout: timeoutMs, maxBuffer: 64e6 }, (error, stdout, stderr) => {
      // 1: it found something.
      if (!error || error.code === 1) resolve(stdout);
      else reject(new PlatformFailed(`${program} ended with ${error.code ?? error.signal}: ${stderr.slice(0, 500)}`));
    });
    // A program that does not read its input has said why by its exit code.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });

/** Errors: PlatformFailed. */
export const askSquawk = async (program: string, script: Script): Promise<readonly SecondOpinion[]> => {
  const assumed = script.inTransaction ? ['--assume-in-transaction'] : [];
  const args = ['--reporter', 'json', '--stdin-filepath', script.fileName, ...assumed];
  const output = await run(program, args, sqlOf(script));
  try {
    return (JSON.parse(output || '[]') as readonly Said[]).map(({ line, rule_name: rule, message, help }) => ({
      rule,
      line: line + 1,
      message: help ? `${message} ${help}` : message,
    }));
  } catch (cause) {
    throw new PlatformFailed(`${program} answered what is no JSON: ${output.slice(0, 200)}`, { cause });
  }
};
