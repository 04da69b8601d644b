import { type Manifest, manifestText, parseManifest, restoreJobs, savedCopies, tableOf } from '#domain/backup/manifest';
import { planRows } from '#domain/backup/plan-rows';
import { progressInWords } from '#domain/backup/progress';
import { sha256Of } from '#domain/sha256';

const file = (name: string) => ({ name, sizeBytes: 1, sha256: sha256Of(name) });

const part = (table: string, rows: number, sizeBytes = rows) => ({
  table,
  rows,
  sizeBytes,
  sha256: sha256Of(`${table} ${rows}`),
  write: `COPY ${table} FROM stdin;`,
});

const manifest = {
  format: 1,
  compression: 'gzip',
  readme: file('README.txt'),
  rolesScript: file('roles.sql'),
  scripts: Object.fromEntries(
    ['before-rows', 'large-objects', 'sequences', 'after-rows'].map((name) => [name, file(`${name}.sql.gz`)]),
  ),
  rows: [
    { ...file('rows/0001.sql.gz'), parts: [part('public.b', 3), part('public.a', 2)] },
    { ...file('rows/0002.sql.gz'), parts: [part('public.large', 10)] },
    { ...file('rows/0003.sql.gz'), parts: [part('public.large', 20)] },
  ],
  largeObjects: null,
  contents: file('contents.sql.gz'),
} as unknown as Manifest;

const faultOf = (text: string) => {
  const parsed = parseManifest(text);
  return 'fault' in parsed ? parsed.fault : null;
};

test('a manifest is read as it was written', () => {
  expect(parseManifest(manifestText(manifest))).toEqual(manifest);
});

test.each([
  ['cut', (text: string) => text.slice(0, -100), /^it is not a JSON object/],
  ['no JSON', () => 'DROP TABLE a', /^it is not a JSON object/],
  ['null', () => 'null', /^it is not a JSON object/],
  ['changed', (text: string) => text.replace('"rows": 10', '"rows": 11'), /^its own hash says .*; it was changed$/],
  [
    'without its hash',
    (text: string) => text.replace(/,\s*"sha256": "[0-9a-f]{64}"\s*\}\s*$/, '}'),
    /^its own hash says undefined/,
  ],
  [
    'of a later format',
    () => manifestText({ ...manifest, format: 2 } as never),
    /^it has the format 2, .*reads format 1/,
  ],
  [
    'otherwise compressed',
    () => manifestText({ ...manifest, compression: 'lz4' } as never),
    /^its files are compressed with "lz4", .*reads gzip and zstd/,
  ],
  [
    'with a file elsewhere',
    () => manifestText({ ...manifest, readme: file('../README.txt') }),
    /^a file in it has no name inside/,
  ],
  ['with no rows', () => manifestText({ ...manifest, rows: undefined } as never), /^a file in it has no name inside/],
])('a manifest that is %s is none, and the reason is said', (_, change, reason) => {
  expect(faultOf(change(manifestText(manifest)))).toMatch(reason);
});

test('the pieces of a table are one table, in one job, the largest job first', () => {
  expect(savedCopies(manifest)).toEqual([
    tableOf('public.a', [part('public.a', 2)]),
    tableOf('public.b', [part('public.b', 3)]),
    tableOf('public.large', [part('public.large', 10), part('public.large', 20)]),
  ]);
  expect(savedCopies(manifest).at(-1)?.rows).toBe(30);
  expect(restoreJobs(manifest).map(({ files }) => files.map(({ name }) => name))).toEqual([
    ['rows/0002.sql.gz', 'rows/0003.sql.gz'],
    ['rows/0001.sql.gz'],
  ]);
});

test('small tables share files, and a large one has pieces that leave out no page', () => {
  const small = Array.from({ length: 30 }, (_, index) => ({
    name: `t${index}`,
    bytes: 700_000,
    pages: 80,
    maySplit: true,
  }));
  const large = { name: 'large', bytes: 300 * 1024 * 1024, pages: 1_003, maySplit: true };

  const files = planRows([...small, large, { ...large, name: 'whole', maySplit: false }]);

  expect(files.slice(0, 3).map(({ pieces }) => pieces.length)).toEqual([12, 12, 6]);
  const pieces = files.flatMap((one) => one.pieces).filter(({ name }) => name === 'large');
  expect(pieces).toHaveLength(5);
  expect(pieces[0]?.fromPage).toBeNull();
  expect(pieces.at(-1)?.toPage).toBeNull();
  for (const [index, piece] of pieces.slice(1).entries()) expect(piece.fromPage).toBe(pieces[index]?.toPage);
  expect(files.flatMap((one) => one.pieces).filter(({ name }) => name === 'whole')).toEqual([
    { name: 'whole', fromPage: null, toPage: null },
  ]);
  expect(files.map(({ name }) => name)).toEqual(files.map((_, index) => `rows/${String(index + 1).padStart(4, '0')}`));
});

test('progress says bytes, rows, rate and what is left', () => {
  expect(progressInWords({ bytes: 5e8, rows: 2_000_000, totalBytes: 1e9 }, 10_000)).toBe(
    '500 MB of about 1.0 GB, 2,000,000 rows, 50 MB/s, about 10 s left',
  );
  expect(progressInWords({ bytes: 0, rows: 0, totalBytes: null }, 0)).toBe('0 kB, 0 rows, 0 kB/s');
});
