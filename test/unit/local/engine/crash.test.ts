import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '#test/support/project-root';
import { attempts, callsOf, expectedOutput, runToEnd, tokensOf } from './crash-run';
import { withDirectory } from './support';

const execute = (file: string, given: readonly string[]) =>
  new Promise<{ readonly stderr: string; readonly signal: string | null }>((resolve) =>
    execFile(file, given, { cwd: projectRoot }, (error, _stdout, stderr) =>
      resolve({ stderr, signal: error?.signal ?? null }),
    ),
  );

const journalOf = (directory: string) => {
  const journals = path.join(directory, 'journals');
  const file = readdirSync(journals).find((name) => name.endsWith('.jsonl'));
  return file === undefined ? null : path.join(journals, file);
};

const keysOf = (directory: string): readonly string[] => {
  const file = journalOf(directory);
  const lines = file === null ? [] : readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line).key);
};

/** What is left to call after a crash: every attempt whose end is not in the journal, each once. */
const leftToCall = (keys: readonly string[]) =>
  attempts.filter(({ finished }) => !keys.some((key) => finished.test(key))).map(({ call }) => call);

/** A run without a crash, for its journal. */
const withWholeRun = (work: (directory: string, lines: readonly string[]) => Promise<void>) =>
  withDirectory(async (directory) => {
    await runToEnd(directory);
    await work(directory, readFileSync(journalOf(directory) ?? '', 'utf8').split(/(?<=\n)/));
  });

test('without a crash every attempt is called once', async () => {
  await withWholeRun(async (directory, lines) => {
    expect([...callsOf(directory)].sort()).toEqual(attempts.map(({ call }) => call).sort());
    expect(lines.length).toBeGreaterThan(35);
  });
});

test('a process killed at any journal line is gone on from: no finished handler again, nobody asked twice', async () => {
  await withDirectory(async (directory) => {
    const child = path.join(directory, 'child.js');
    const source = path.join(__dirname, 'crash-child.ts');
    await execute(path.join(projectRoot, 'node_modules', '.bin', 'esbuild'), [
      ...[source, '--bundle', '--platform=node', `--outfile=${child}`, '--log-level=error'],
    ]);
    const crashAt = async (line: number) => {
      const home = path.join(directory, `at-${line}`);
      mkdirSync(home);
      const killed = await execute(process.execPath, [child, home, String(line)]);
      const keys = keysOf(home);
      const before = callsOf(home).length;
      const { output } = await runToEnd(home);

      expect({ line, signal: killed.signal, stderr: killed.stderr }).toEqual({ line, signal: 'SIGKILL', stderr: '' });
      expect(keys).toHaveLength(line);
      expect({ line, output }).toEqual({ line, output: expectedOutput });
      expect({ line, calls: callsOf(home).slice(before).sort() }).toEqual({
        line,
        calls: [...leftToCall(keys)].sort(),
      });
      expect({ line, tokens: new Set(tokensOf(home)).size }).toEqual({ line, tokens: 1 });
    };
    const whole = path.join(directory, 'whole');
    mkdirSync(whole);
    await runToEnd(whole);
    const waiting = keysOf(whole).map((_, index) => index + 1);
    // Killed at the last line, it has ended: there is nothing to go on with.
    waiting.pop();
    const takeTurns = async () => {
      for (let line = waiting.shift(); line !== undefined; line = waiting.shift()) await crashAt(line);
    };
    await Promise.all([takeTurns(), takeTurns()]);
  });
}, 60_000);

test('a line torn in the middle counts as not written, wherever it is', async () => {
  await withWholeRun(async (whole, lines) => {
    for (const [index, line] of lines.entries()) {
      if (line === '') continue;
      const torn = path.join(whole, `torn-${index}`);
      mkdirSync(torn);
      cpSync(path.join(whole, 'journals'), path.join(torn, 'journals'), { recursive: true });
      writeFileSync(path.join(torn, 'tokens'), `${tokensOf(whole)[0]}\n`);
      const file = journalOf(torn) ?? '';
      writeFileSync(file, lines.slice(0, index).join('') + line.slice(0, line.length / 2));
      const keys = keysOf(torn);

      const { output } = await runToEnd(torn);

      expect({ index, output }).toEqual({ index, output: expectedOutput });
      expect({ index, calls: [...callsOf(torn)].sort() }).toEqual({ index, calls: [...leftToCall(keys)].sort() });
    }
  });
});

test('a journal that is damaged in the middle is refused by name, not guessed at', async () => {
  await withWholeRun(async (directory, lines) => {
    const file = journalOf(directory) ?? '';
    writeFileSync(file, [lines[0], '{"key": oh dear}\n', ...lines.slice(2, 10)].join(''));

    await expect(runToEnd(directory)).rejects.toThrow(`line 2 of the journal ${file} is not JSON`);
  });
});
