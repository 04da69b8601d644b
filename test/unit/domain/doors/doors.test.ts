import { chooseDoor, doorsIn } from '#domain/doors/choose';
import type { DoorMigration, ToolRow, ToolTable } from '#domain/doors/door';
import { doorNamed, doors } from '#domain/doors/doors';
import { formNamed } from '#domain/folders/all-forms';
import { versionInForm } from '#domain/folders/origin';

const migration = (name: string, more: Partial<DoorMigration> = {}, form = 'goose'): DoorMigration => ({
  fileName: `${name}.sql`,
  name,
  version: versionInForm(form, name),
  bytes: Buffer.from('-- first\nCREATE TABLE a (id int);\n'),
  settings: null,
  previous: null,
  ...more,
});

const context = (rows: readonly ToolRow[] = []) => ({ durationMs: 7, columns: [], rows });

const namesOf = (tool: string, rows: readonly ToolRow[], migrations: readonly DoorMigration[]) => {
  const { applied, unknown, broken } = doorNamed(tool).read(rows, migrations);
  return { applied: applied.map((one) => one.migration.name), unknown, broken };
};

test('every door belongs to a form that is read', () => {
  expect(doors.length).toBe(13);
  for (const { forms } of doors) for (const form of forms) expect(formNamed(form).id).toBe(form);
});

test('every door finds its row by the columns of its key', () => {
  for (const { key, where, forms } of doors) {
    const settings = Buffer.from('{"entries":[{"tag":"0001_a","when":1}]}');
    const one = migration('0001_a', { settings, bytes: Buffer.from('--! Previous: -\n--! Hash: sha1:a\n') }, forms[0]);
    expect(Object.keys(where(one))).toEqual(key);
  }
});

test('golang-migrate: every version up to the row counts as applied, and a dirty one is refused', () => {
  const folder = ['1_a', '2_b', '10_c'].map((name) => migration(name));

  expect(namesOf('golang-migrate', [{ version: '2', dirty: 'false' }], folder)).toEqual({
    applied: ['1_a', '2_b'],
    unknown: [],
    broken: [],
  });
  const dirty = namesOf('golang-migrate', [{ version: '10', dirty: 'true' }], folder);
  expect(dirty.broken).toEqual([expect.stringContaining('version 10 is dirty')]);
  expect(namesOf('golang-migrate', [{ version: '3', dirty: 'false' }], folder)).toMatchObject({
    applied: [],
    unknown: ['3'],
  });
  expect(namesOf('golang-migrate', [], folder).applied).toEqual([]);
});

test('golang-migrate: the row is the state, and goes back to the version before', () => {
  const door = doorNamed('golang-migrate');

  expect(door.row(migration('0003_c', { previous: '0002_b' }), context())).toEqual({ version: '3', dirty: 'false' });
  expect(door.before?.(migration('0003_c', { previous: '0002_b' }))).toEqual({ version: '2', dirty: 'false' });
  expect(door.before?.(migration('0001_a'))).toBeNull();
});

test('goose: the newest row of a version counts, and version 0 is no migration', () => {
  const rows = [
    { id: '1', version_id: '0', is_applied: 'true' },
    { id: '2', version_id: '1', is_applied: 'true' },
    { id: '3', version_id: '2', is_applied: 'true' },
    { id: '10', version_id: '2', is_applied: 'false' },
  ];

  expect(namesOf('goose', rows, [migration('00001_a'), migration('00002_b')])).toEqual({
    applied: ['00001_a'],
    unknown: [],
    broken: [],
  });
  expect(doorNamed('goose').row(migration('00002_b'), context())).toEqual({ version_id: '2', is_applied: 'true' });
});

test('Flyway: rank, description, script and checksum of the row are those that it would write', () => {
  const row = doorNamed('Flyway').row(
    migration('V1_2__add_big_table', { fileName: 'sub/V1_2__add_big_table.sql' }, 'flyway'),
    context([{ installed_rank: '2' }, { installed_rank: '10' }]),
  );

  expect(row).toEqual({
    installed_rank: '11',
    version: '1.2',
    description: 'add big table',
    type: 'SQL',
    script: 'sub/V1_2__add_big_table.sql',
    checksum: '-576898448',
    installed_by: { sql: 'CURRENT_USER' },
    execution_time: '7',
    success: 'true',
  });
});

test('Flyway: a baseline stands for the versions up to it; failed and changed rows are refused', () => {
  const folder = ['V1__a', 'V1.1__b', 'V2__c', 'V3__d'].map((name) => migration(name, {}, 'flyway'));
  const row = (version: string, more: ToolRow = {}) => ({
    version,
    type: 'SQL',
    success: 'true',
    checksum: '-576898448',
    script: `V${version}`,
    ...more,
  });
  const baseline = {
    version: '1.1',
    type: 'BASELINE',
    success: 'true',
    checksum: null,
    script: '<< Flyway Baseline >>',
  };

  expect(namesOf('Flyway', [baseline, row('2.0')], folder)).toEqual({
    applied: ['V1__a', 'V1.1__b', 'V2__c'],
    unknown: [],
    broken: [],
  });
  expect(namesOf('Flyway', [row('1', { checksum: '5' })], folder).broken).toEqual([
    expect.stringContaining('V1__a.sql was changed after it was applied'),
  ]);
  expect(namesOf('Flyway', [row('1', { success: 'false' })], folder).broken).toEqual([
    expect.stringContaining('failed'),
  ]);
  expect(namesOf('Flyway', [row('9')], folder).unknown).toEqual(['9']);
});

test('Prisma: what is finished and not rolled back is applied, what is neither is refused', () => {
  const folder = [migration('20240101_a/x', { name: '20240101_a' }), migration('20240102_b')];
  const row = (name: string, more: ToolRow = {}) => ({
    migration_name: name,
    checksum: folder[0] ? (doorNamed('Prisma').row(folder[0], context())['checksum'] as string) : '',
    finished_at: '2026-01-01',
    rolled_back_at: null,
    ...more,
  });

  expect(namesOf('Prisma', [row('20240101_a'), row('20240102_b', { rolled_back_at: '2026-01-02' })], folder)).toEqual({
    applied: ['20240101_a'],
    unknown: [],
    broken: [],
  });
  expect(namesOf('Prisma', [row('20240101_a', { finished_at: null })], folder).broken).toEqual([
    expect.stringContaining('prisma migrate resolve'),
  ]);
});

const journal = (...entries: readonly (readonly [tag: string, when: number])[]) =>
  Buffer.from(JSON.stringify({ entries: entries.map(([tag, when]) => ({ tag, when })) }));

test('Drizzle: an entry that is older than the newest row and has none is told, because Drizzle never runs it', () => {
  const settings = journal(['0000_a', 10], ['0001_b', 20], ['0002_c', 15]);
  const folder = ['0000_a', '0001_b', '0002_c'].map((name) => migration(name, { settings }));
  const hash = doorNamed('Drizzle').row(folder[0] as DoorMigration, context())['hash'] as string;
  const rows = [
    { hash, created_at: '10' },
    { hash, created_at: '20' },
  ];

  expect(namesOf('Drizzle', rows.slice(0, 1), folder)).toMatchObject({ applied: ['0000_a'], broken: [] });
  expect(namesOf('Drizzle', rows, folder)).toEqual({
    applied: ['0000_a', '0001_b'],
    unknown: [],
    broken: [expect.stringContaining('0002_c.sql was never applied')],
  });
});

test('sqlx: a row without success is dirty, and the row holds the description in words', () => {
  const one = migration('3_add_notes.up', { name: '3_add_notes' });

  expect(doorNamed('sqlx').row(one, context())).toMatchObject({
    version: '3',
    description: 'add notes',
    execution_time: '7000000',
  });
  expect(namesOf('sqlx', [{ version: '3', success: 'false', checksum: null }], [one]).broken).toEqual([
    expect.stringContaining('3 is dirty'),
  ]);
});

test('diesel knows a version without hyphens, Supabase keeps the statements, Drizzle 1.0 the moment of the name', () => {
  expect(doorNamed('diesel').row(migration('2024-01-02-030405_add', {}, 'folders'), context())).toEqual({
    version: '20240102030405',
  });
  const columns = ['version', 'statements', 'name'].map((name) => ({ name, type: 'text' }));
  const bytes = Buffer.from(`-- a; note\nSELECT ';' AS "x;";\nSELECT 2;\n`);
  expect(doorNamed('Supabase').row(migration('20240101_add_notes', { bytes }), { ...context(), columns })).toEqual({
    version: '20240101',
    name: 'add_notes',
    statements: `{"-- a; note\nSELECT ';' AS \\"x;\\"","SELECT 2"}`,
  });
  expect(doorNamed('Drizzle 1.0').row(migration('20260102030405_add', {}, 'drizzle-folders'), context())).toMatchObject(
    {
      created_at: String(Date.UTC(2026, 0, 2, 3, 4, 5)),
      name: '20260102030405_add',
    },
  );
});

const table = (schema: string, name: string, ...columns: readonly (readonly [string, string])[]): ToolTable => ({
  schema,
  table: name,
  columns: columns.map(([column, type]) => ({ name: column, type })),
  rows: [],
});

test('tables of the same name are told by their columns, and two that fit are asked about', () => {
  const golang = table('public', 'schema_migrations', ['version', 'bigint'], ['dirty', 'boolean']);
  const rails = table('app', 'schema_migrations', ['version', 'character varying']);

  expect(doorsIn('pairs', [golang, rails]).map(({ door }) => door.tool)).toEqual(['golang-migrate']);
  expect(doorsIn('dbmate', [golang, rails]).map(({ table: { schema } }) => schema)).toEqual(['app']);
  expect(chooseDoor('pairs', [], null)).toBeNull();
  expect(() => chooseDoor('pairs', [golang, { ...golang, schema: 'app' }], null)).toThrow(
    "golang-migrate's table public.schema_migrations, golang-migrate's table app.schema_migrations; expected one",
  );
  const adopted = { tool: 'golang-migrate', schema: 'app', table: 'schema_migrations' };
  expect(chooseDoor('pairs', [golang, { ...golang, schema: 'app' }], adopted)?.table.schema).toBe('app');
  expect(() => chooseDoor('pairs', [golang], adopted)).toThrow('is not there any more');
});
