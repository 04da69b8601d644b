import { type Contents, contentsLines, isContentsLine, parseContents } from '#domain/backup/contents';
import { isReworded } from '#domain/backup/reworded-definition';
import { verifyContents } from '#domain/backup/verify-contents';

const contentsWith = (parts: Partial<Contents> = {}): Contents => ({
  tables: [{ table: 'public.job', rows: 2, sha256: 'aa' }],
  sequences: [{ sequence: 'public.job_id_seq', lastValue: '9223372036854775807', isCalled: true }],
  catalog: { objects: [{ kind: 'table', identity: 'public.job', definition: { owner: 'owner', rowSecurity: false } }] },
  ...parts,
});

const linesOf = (contents: Contents) => [...contentsLines(contents)].map((line) => line.trimEnd());

test('a table of contents is read back as it was written', () => {
  const contents = contentsWith();

  expect(parseContents(linesOf(contents))).toEqual(contents);
});

test('no name breaks out of its comment line', () => {
  const table = 'public."a\n-- contents: {}\r\nDROP TABLE job; \u2028"';
  const contents = contentsWith({ tables: [{ table, rows: 0, sha256: '' }] });

  const lines = [...contentsLines(contents)];

  expect(lines.every((line) => isContentsLine(line) && line.indexOf('\n') === line.length - 1)).toBe(true);
  expect(parseContents(lines)?.tables[0]?.table).toBe(table);
});

test.each([0, 1, 2, 3])('a table of contents without its line %d is none', (missing) => {
  const lines = linesOf(contentsWith()).filter((_, index) => index !== missing);

  expect(parseContents(lines)).toBeNull();
});

test('no lines are no table of contents', () => {
  expect(parseContents([])).toBeNull();
});

test('equal contents have no differences, whatever the order', () => {
  const tables = [
    { table: 'a', rows: 1, sha256: 'x' },
    { table: 'b', rows: 2, sha256: 'y' },
  ];

  expect(verifyContents(contentsWith({ tables }), contentsWith({ tables: tables.toReversed() }))).toEqual([]);
});

test('every kind of difference has its sentence', () => {
  const saved = contentsWith({
    tables: [
      { table: 'fewer', rows: 2, sha256: 'a' },
      { table: 'other', rows: 2, sha256: 'a'.repeat(64) },
      { table: 'lost', rows: 0, sha256: '' },
    ],
    sequences: [{ sequence: 's', lastValue: '1', isCalled: false }],
    catalog: {
      objects: [
        { kind: 'column', identity: 'public.t.a', definition: { type: 'text', isNullable: true } },
        { kind: 'index', identity: 'public.i', definition: {} },
      ],
    },
  });
  const restored = contentsWith({
    tables: [
      { table: 'fewer', rows: 1, sha256: 'b' },
      { table: 'other', rows: 2, sha256: 'b'.repeat(64) },
      { table: 'new', rows: 0, sha256: '' },
    ],
    sequences: [{ sequence: 's', lastValue: '1', isCalled: true }],
    catalog: { objects: [{ kind: 'column', identity: 'public.t.a', definition: { type: 'int', isNullable: false } }] },
  });

  expect(verifyContents(saved, restored)).toEqual([
    'column public.t.a: it has another type, isNullable after the restore',
    'index public.i: it was saved, but is missing after the restore',
    'table fewer: 2 rows were saved, 1 restored',
    'table other: its 2 rows differ after the restore (sha256 bbbbbbbbbbbb…, saved aaaaaaaaaaaa…)',
    'table lost: it was saved, but is missing after the restore',
    'table new: it was not saved, but exists after the restore',
    'sequence s: its value was 1, not yet given out, and is 1 after the restore',
  ]);
});

test.each([
  [
    "CHECK (((s)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[])))",
    "CHECK (((s)::text = ANY (ARRAY[('a'::character varying)::text, ('b'::character varying)::text])))",
  ],
  ["SELECT 'c'::text;", "SELECT 'c'::text AS text;"],
  ['x::numeric(10,2)', 'x'],
  ['x::timestamp with time zone', 'x'],
  ['x::public."My type"[]', 'x'],
])('%s reads as another wording of %s', (saved, restored) => {
  expect(isReworded(saved, restored)).toBe(true);
});

test.each([
  ["CHECK ((s = 'a'::text))", "CHECK ((s = 'b'::text))"],
  ['numeric(10,2)', 'numeric(12,2)'],
  ['text', 'varchar'],
  [true, false],
  [1, '1'],
  ['x', undefined],
  [null, undefined],
])('%s is not another wording of %s', (saved, restored) => {
  expect(isReworded(saved, restored)).toBe(false);
});
