/** A program that answers as squawk 2.66 does, and notes what it was asked; the real one is not part of the project. */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Script } from '#domain/folders/folder';
import { text } from '#domain/review/formats/text';
import { askSquawk, findSquawk } from '#local/second-opinion';
import { withFolder } from '#test/support/with-folder';

const script: Script = {
  fileName: '7_a.sql',
  parts: [
    { text: 'CREATE INDEX i ON a (b);', line: 3, isOnePiece: false },
    { text: 'SELECT 1', line: 5, isOnePiece: false },
  ],
  inTransaction: true,
  problem: null,
};

const said = [
  {
    file: 'x',
    line: 2,
    column: 0,
    level: 'Warning',
    message: 'Blocks.',
    help: 'Use `concurrently`.',
    rule_name: 'a-rule',
  },
  { file: 'x', line: 4, column: 0, level: 'Warning', message: 'Slow.', help: null, rule_name: 'b-rule' },
];

/** Writes what it read to `asked`. */
const install = (folder: string, body: string) => {
  const bin = path.join(folder, 'node_modules/.bin');
  mkdirSync(bin, { recursive: true });
  const file = path.join(bin, 'squawk');
  writeFileSync(file, `#!/bin/sh\n${body}\n`);
  chmodSync(file, 0o755);
  return file;
};

test('squawk is asked about what runs forwards, line for line, and its answer counts lines from one', () =>
  withFolder(async (folder) => {
    const asked = path.join(folder, 'asked');
    const program = install(folder, `{ echo "$@"; cat; } > ${asked}\necho '${JSON.stringify(said)}'\nexit 1`);

    expect(await askSquawk(program, script)).toEqual([
      { rule: 'a-rule', line: 3, message: 'Blocks. Use `concurrently`.' },
      { rule: 'b-rule', line: 5, message: 'Slow.' },
    ]);
    const [args, ...lines] = readFileSync(asked, 'utf8').split('\n');
    expect(args).toBe('--reporter json --stdin-filepath 7_a.sql --assume-in-transaction');
    expect([lines[2], lines[4], lines[5]]).toEqual(['CREATE INDEX i ON a (b);', 'SELECT 1', ';']);
  }));

test('one that fails or talks of something else is no answer', () =>
  withFolder(async (folder) => {
    await expect(askSquawk(install(folder, 'echo broken >&2; exit 3'), script)).rejects.toThrow(/ended with 3: broken/);
    await expect(askSquawk(install(folder, 'echo hello'), script)).rejects.toThrow(/answered what is no JSON: hello/);
  }));

test('it is found in the folder, above it, or on the PATH; else the message names the package', () =>
  withFolder(async (folder) => {
    const deeper = path.join(folder, 'a/b');
    mkdirSync(deeper, { recursive: true });
    expect(() => findSquawk(deeper, '')).toThrow(/expected the package squawk-cli, or leave --squawk out/);
    const program = install(folder, 'exit 0');
    expect(findSquawk(deeper, '')).toBe(program);
    expect(findSquawk('/', path.dirname(program))).toBe(program);
  }));

test('what it says of other lines is listed, and of lines that are named already it is counted', () => {
  const shown = text({
    reviews: [
      {
        migration: '7_a',
        file: '7_a.sql',
        statements: 2,
        findings: [
          { rule: 'r', severity: 'stop', file: '7_a.sql', line: 3, message: 'm', remedy: 'Do.', safeWay: null },
        ],
        passed: [],
        secondOpinion: [
          { rule: 'a-rule', line: 3, message: 'Blocks.' },
          { rule: 'b-rule', line: 5, message: 'Slow.' },
        ],
      },
    ],
    prefix: '',
    showsNotes: false,
    pages: null,
  });

  expect(shown).toContain(
    '  also  squawk, line 5: Slow. (b-rule)\n  also  squawk says 1 thing of lines that are named above\n',
  );
});
