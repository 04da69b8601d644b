import { openWaitingLine } from '#command-line/waiting-line';
import { parseRehearseOptions } from '#commands/rehearse/options';
import { countRepeatedNotes } from '#commands/rehearse/repeated-notes';
import { nameWidthOf, resultLines, summaryLine } from '#commands/rehearse/report';
import { selectMigrations } from '#domain/folders/select';
import { isFine, type RehearsalResult } from '#local/rehearsal/result';
import { read } from '#test/unit/domain/folders/folder';

const result = (facts: Partial<RehearsalResult> = {}): RehearsalResult => ({
  migration: '001_a',
  up: 'ok',
  rollback: 'exact',
  differences: [],
  losses: [],
  restoringSql: [],
  wayBack: null,
  statements: 1,
  durationMs: 120,
  error: null,
  notes: [],
  ...facts,
});

const { migrations } = read({
  '001_a.up.sql': 'SELECT 1;',
  '002_b.up.sql': 'SELECT 2;',
  '003_c.up.sql': 'SELECT 3;',
});
const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name);

test.each(['002_b', '002_b.up.sql', '2', '002_'])(
  '--from %s begins with the second, the first is needed before',
  (from) => {
    const { before, rehearsed } = selectMigrations(migrations, { from, only: null });

    expect([names(before), names(rehearsed)]).toEqual([['001_a'], ['002_b', '003_c']]);
  },
);

test('--only takes one', () => {
  const { before, rehearsed } = selectMigrations(migrations, { from: null, only: '2' });

  expect([names(before), names(rehearsed)]).toEqual([['001_a'], ['002_b']]);
});

test.each([
  ['9', /"9", which is no migration of the folder; there are: 001_a, 002_b, 003_c/],
  ['00', /could be 3 migrations/],
])('--from %s is refused with what there is', (from, message) => {
  expect(() => selectMigrations(migrations, { from, only: null })).toThrow(message);
});

test.each([
  [[], /no folder was named/],
  [['a', 'b'], /2 folders were named/],
  [['a', '--from', '1', '--only', '2'], /both given/],
  [['a', '--statement-timeout', '5'], /is "5"; expected a duration/],
  [['a', '--statement-timeout', '0s'], /is "0s"/],
  [['a', '--rows', 'many'], /--rows is "many"; expected a number from 0, for none, to 1000/],
  [['a', '--rows', '1001'], /--rows is "1001"/],
  [['a', '--what'], /--help/],
])('%j is refused', (args, message) => {
  expect(() => parseRehearseOptions(args)).toThrow(message);
});

test('a statement may run ten minutes unless something else is said', () => {
  expect(parseRehearseOptions(['a']).statementTimeoutMs).toBe(600_000);
  expect(parseRehearseOptions(['a', '--statement-timeout', '500ms']).statementTimeoutMs).toBe(500);
});

test('only exact, harmless and irreversible by design are fine, and only when up was', () => {
  const verdicts = ['exact', 'harmless', 'irreversible by design', 'differs', 'fails', 'missing', null] as const;

  expect(verdicts.filter((rollback) => isFine(result({ rollback })))).toEqual([
    'exact',
    'harmless',
    'irreversible by design',
  ]);
  expect(isFine(result({ up: 'error', rollback: null }))).toBe(false);
});

test('with --allow-missing a migration without a rollback is fine, and it is said', () => {
  const missing = result({ rollback: 'missing' });
  const allowances = { allowsMissing: parseRehearseOptions(['a', '--allow-missing']).allowsMissing };

  expect([isFine(missing), isFine(missing, allowances)]).toEqual([false, true]);
  expect(isFine(result({ up: 'error', rollback: null }), allowances)).toBe(false);
  expect(resultLines(missing, 9, allowances)).toMatch(/^✓ 001_a +ok +missing/);
  expect(summaryLine([missing], ['001_a'], allowances)).toBe('✓ 1 migration in 120 ms: rollback 1 missing (allowed)');
  expect(summaryLine([missing], ['001_a'])).toMatch(/^✗ .*rollback 1 missing$/);
});

test('a note that many migrations get is shown once and counted', () => {
  const repeated = countRepeatedNotes();
  const note = (file: string) => `${file} opens or ends transactions itself`;
  const shown = ['1_a.sql', '2_b.up.sql:7:', '3_c.sql:'].map((file) => repeated.firstOf([note(file)]));

  expect(shown).toEqual([[note('1_a.sql')], [], []]);
  expect(repeated.firstOf(['4_d.sql:1: another'])).toEqual(['4_d.sql:1: another']);
  expect(repeated.leftOut()).toEqual(['2 more times: opens or ends transactions itself']);
});

test('a row says what a person needs to act on', () => {
  const lines = resultLines(
    result({
      rollback: 'differs',
      differences: ['+ COLUMN a.b integer'],
      restoringSql: ['ALTER TABLE a DROP COLUMN b'],
      error: { phase: 'up again', sqlState: '42701', file: '001_a.up.sql', line: 3, message: 'already there' },
    }),
    nameWidthOf(['001_a']),
  ).split('\n');

  expect(lines[0]).toMatch(/^✗ 001_a +ok +differs +120 ms$/);
  expect(lines.slice(1)).toEqual([
    '    up again: 001_a.up.sql:3: already there',
    '    + COLUMN a.b integer',
    '    add to the rollback:',
    '      ALTER TABLE a DROP COLUMN b;',
  ]);
});

test('the summary counts the verdicts, and apart from them what could not be applied and what was not run', () => {
  const refused = (migration: string) => result({ migration, up: 'error', rollback: null });
  const wanted = ['001_a', '002_b', '003_c', '004_d', '005_e'];

  expect(summaryLine([result(), result({ migration: '002_b', rollback: 'differs' }), refused('003_c')], wanted)).toBe(
    '✗ 3 migrations in 360 ms: rollback 1 exact, 1 differs; 1 could not be applied; stopped there, 2 not run (--keep-going continues)',
  );
  expect(summaryLine([refused('001_a')], ['001_a'])).toBe('✗ 1 migration in 120 ms: 1 could not be applied');
  expect(summaryLine([result()], ['001_a'])).toBe('✓ 1 migration in 120 ms: rollback 1 exact');
});

test('what comes before the rehearsed ones and cannot be applied is none of them', () => {
  const refused = result({ up: 'error', rollback: null, durationMs: 0 });

  expect(summaryLine([refused], ['002_b'])).toBe(
    '✗ 0 migrations in 0 ms: 001_a, which comes before, could not be applied; 1 not run',
  );
});

test('progress is shown on a terminal after a second, and taken away again', () => {
  jest.useFakeTimers();
  const written: string[] = [];
  const waitingLine = openWaitingLine({ isTTY: true, write: (text: string) => written.push(text) > 0 });

  waitingLine.begin('001_a');
  jest.advanceTimersByTime(999);
  expect(written).toEqual([]);
  jest.advanceTimersByTime(1);
  expect(written.join('')).toMatch(/… 001_a, 1 s$/);
  waitingLine.end();
  jest.advanceTimersByTime(5_000);
  expect(written.at(-1)).toBe('\r\u001b[K');
  expect(written).toHaveLength(2);
  jest.useRealTimers();
});

test('a log gets no progress', () => {
  jest.useFakeTimers();
  const written: string[] = [];

  openWaitingLine({ write: (text: string) => written.push(text) > 0 }).begin('001_a');
  jest.advanceTimersByTime(5_000);

  expect(written).toEqual([]);
  jest.useRealTimers();
});
