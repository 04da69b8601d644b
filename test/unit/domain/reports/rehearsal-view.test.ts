import { lockTimelineView } from '#domain/html/lock-timeline';
import { rehearsalIn } from '#domain/reports/rehearsal';
import { formatBytes, rehearsalView } from '#domain/reports/rehearsal-view';
import { assessed, rehearsalDocuments } from '#test/support/rehearsed';

const view = String(rehearsalView(rehearsalIn(rehearsalDocuments)));

test('before a dry run there is nothing to see', () => {
  expect(rehearsalIn([])).toBeNull();
  expect(rehearsalView(null)).toBeNull();
});

test('each statement is told with class, work, locks, harm and what had been predicted', () => {
  const row = view.split('<tr ')[3] ?? '';

  expect(row).toContain('ADD COLUMN retries');
  expect(row).toContain('data-head="Class"><div>rewrite</div>');
  expect(row).toContain('200,000 rows read, 31 MB of log, 1.6 MB more on disk');
  expect(row).toContain('AccessExclusiveLock on public.jobs: readers and writers wait 4.2 s, up to 50 requests');
  expect(row).toContain('<span class="tag bad">high</span>');
  expect(row).toContain('<span class="tag bad">worse</span><div>work: predicted metadata only, measured rewrite</div>');
});

test("a statement's text cannot become markup, neither in the table nor in the picture", () => {
  expect(view).not.toContain('<b>UPDATE');
  expect(view.match(/&lt;b&gt;UPDATE/g)).toHaveLength(2);
});

test('the picture has a bar per statement and per lock, each coloured by whom it stops', () => {
  const svg = String(lockTimelineView(assessed)).replace(/^.*?<svg class="locks"/s, '');
  const tones = [...svg.matchAll(/<rect class="(\w+)"/g)].map(([, tone]) => tone);

  expect(tones).toEqual([
    ...['statement', 'nobody', 'statement', 'everybody', 'statement', 'writers', 'statement', 'nobody'],
  ]);
  expect(svg).toContain('x="62%" y="');
  expect(svg).toContain('<title id="locks-title">');
  expect(svg).toContain('Locks that stop readers or writers: 2, the longest for 4.2 s.');
  expect(svg).not.toMatch(/style=|<script/);
});

test('of very many statements the picture shows those that stop others, and says so', () => {
  const idle = () => ({ ...assessed[0], locks: [] }) as (typeof assessed)[number];
  const many = [...Array.from({ length: 100 }, idle), ...assessed];

  const picture = String(lockTimelineView(many));

  expect(picture.slice(-120)).toContain('The picture shows 40 of 104 statements');
  expect(picture).toContain('ADD COLUMN');
});

test('what came, went and changed in the schema are lines of their own', () => {
  expect(view).toContain('<span class="came">+ CREATE INDEX users_name');
  expect(view).toContain('<span class="changed">~ TABLE public.jobs');
  expect(view).toContain('Nothing: the schema is the same as before the migration.');
});

test('what is lost is told for both ways', () => {
  expect(view).toContain('<span class="tag bad">lost</span>');
  expect(view).toContain('200000 values of public.jobs.note became null');
  expect(view).toContain('<strong>The rollback</strong>: nothing lost');
});

test.each([
  [null, 'not measured'],
  [0, '0 B'],
  [8192, '8.2 kB'],
  [-1_500_000, '-1.5 MB'],
])('%s bytes are %s', (bytes, words) => {
  expect(formatBytes(bytes)).toBe(words);
});
