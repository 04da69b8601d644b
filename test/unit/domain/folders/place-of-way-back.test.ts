/** A way back that was written is found again where each form keeps it. */
import { placeWayBack } from '#domain/folders/place-of-way-back';
import { recogniseFolder } from '#domain/folders/recognise';
import { files, textOf } from './folder';

const wayBack = {
  remarks: ['Written and rehearsed: exact.'],
  sql: ['DROP TABLE a', 'CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$\nSELECT 1;\n$$'],
};

const up = 'CREATE TABLE a (id int);';

/** The folder with the way back of its last migration. */
const placed = (texts: Readonly<Record<string, string>>, location = '') => {
  const before = files(texts);
  const { formId, migrations } = recogniseFolder(before, [], { location });
  const last = migrations.at(-1);
  if (!last) throw new Error('no migration was read');
  return { before, last, place: placeWayBack(formId, before, last, wayBack) };
};

const withPlaced = (texts: Readonly<Record<string, string>>, form?: string) => {
  const { before, last, place } = placed(texts);
  if ('none' in place) throw new Error(place.none);
  const { path, text } = place;
  const after = [...before.filter((file) => file.path !== path), { path, bytes: Buffer.from(text) }];
  const read = recogniseFolder(after, [], { form: form ?? null }).migrations.find(({ name }) => name === last.name);
  return { path, text, up: textOf(read?.up), down: textOf(read?.down) };
};

const journal = '{"entries":[{"idx":0,"when":1,"tag":"0000_a"}]}';

test.each<readonly [form: string, path: string, texts: Readonly<Record<string, string>>]>([
  ['ours', '2_b.sql', { '1_a.sql': `${up}\n-- ROLLBACK\n-- DROP TABLE a;`, '2_b.sql': up }],
  ['pairs', '1_a.down.sql', { '1_a.up.sql': up }],
  ['pairs with an empty way back', '1_a.down.sql', { '1_a.up.sql': up, '1_a.down.sql': '-- later\n' }],
  ['folders of versions', 'v1/1_a.down.sql', { 'v1/1_a.up.sql': up }],
  ['folders', '1_a/down.sql', { '1_a/up.sql': up }],
  ['goose', '1_a.sql', { '1_a.sql': `-- +goose Up\n${up}\n` }],
  ['goose with an empty section', '1_a.sql', { '1_a.sql': `-- +goose Up\n${up}\n-- +goose Down\n-- later\n` }],
  ['sql-migrate', '1_a.sql', { '1_a.sql': `-- +migrate Up\n${up}\n` }],
  ['dbmate', '1_a.sql', { '1_a.sql': `-- migrate:up\n${up}\n\n-- migrate:down\n` }],
  [
    'node-pg-migrate',
    '2_b.sql',
    { '1_a.sql': `-- Up Migration\n${up}\n-- Down Migration\nDROP TABLE a;`, '2_b.sql': up },
  ],
  ['Flyway', 'U1.2__a.sql', { 'V1.2__a.sql': up }],
  ['Prisma', '1_a/down.sql', { '1_a/migration.sql': up }],
  ['Drizzle', '0000_a.down.sql', { 'meta/_journal.json': journal, '0000_a.sql': up }],
  ['Drizzle 1.0', '1_a/down.sql', { '1_a/migration.sql': up, '1_a/snapshot.json': '' }],
])('%s: in %s, where it is read', (_, path, texts) => {
  const found = withPlaced(texts);

  expect(found.path).toBe(path);
  expect(found.up).toContain(up);
  expect(found.up).not.toMatch(/^DROP TABLE/m);
  expect(found.down).toContain('DROP TABLE a;');
  expect(found.down).toContain('AS $$\nSELECT 1;\n$$');
  expect(found.text).toContain('Written and rehearsed: exact.');
  expect(found.text.endsWith('\n')).toBe(true);
});

test('what stands in a file stays, and tools that part statements at semicolons are told of those inside one', () => {
  const { text } = withPlaced({ '1_a.sql': `-- +goose Up\n${up}\n-- +goose Down\n-- later\n` });

  expect(text).toBe(
    `-- +goose Up\n${up}\n-- +goose Down\n-- later\n-- Written and rehearsed: exact.\nDROP TABLE a;\n-- +goose StatementBegin\n${wayBack.sql[1]};\n-- +goose StatementEnd\n`,
  );
});

test.each<readonly [form: string, why: RegExp, texts: Readonly<Record<string, string>>, location: string]>([
  ['Supabase', /every numbered \.sql file/, { '1_a.sql': up }, 'app/supabase/migrations'],
  ['sqlx', /in pairs only/, { '1_a.sql': `-- no-transaction\n${up}` }, ''],
  ['graphile-migrate', /no ways back/, { 'committed/000001.sql': `--! Previous: -\n--! Hash: sha1:0\n\n${up}` }, ''],
  ['numbered', /which tool reads it/, { '1_a.sql': up }, ''],
  ['ours with an empty section', /has a rollback section/, { '1_a.sql': `${up}\n-- ROLLBACK\n` }, ''],
  [
    'node-pg-migrate the other way round',
    /above the one to go forward/,
    { '1_a.sql': `-- Down Migration\n-- Up Migration\n${up}` },
    '',
  ],
])('%s has no place for one, and says why', (_, why, texts, location) => {
  const { place } = placed(texts, location);

  expect(place).toEqual({ none: expect.stringMatching(why) });
});
