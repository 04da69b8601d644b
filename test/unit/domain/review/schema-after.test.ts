/** The tables before and after a file, as the picture of box 2.1 shows them. */
import { diagramOf } from '#domain/boxes/drawn-schema';
import type { Catalog } from '#domain/catalog/catalog';
import { layOut } from '#domain/catalog/lay-out';
import { pictureOf } from '#domain/catalog/schema-picture';
import { schemaDiagramView } from '#domain/html/schema-diagram';
import { parseMigration } from '#domain/migration/parse-migration';
import { catalogOf, column, foreignKey, primaryKey, table } from '../catalog/objects';

const shop = catalogOf(
  ...[table('public.users'), column('public.users.id', 1, { type: 'bigint', isNullable: false })],
  ...[column('public.users.email', 2, { type: 'text' }), primaryKey('public.users', 'id')],
  ...[table('public.orders'), column('public.orders.id', 1, { type: 'bigint', isNullable: false })],
  ...[column('public.orders.user_id', 2, { type: 'bigint' }), column('public.orders.price', 3, { type: 'integer' })],
  ...[primaryKey('public.orders', 'id'), foreignKey('public.orders.order_user', 'user_id', 'public.users', 'id')],
  ...[table('public.other'), column('public.other.id', 1, { type: 'bigint' })],
);

const drawn = async (sql: string, catalog: Catalog = shop) => {
  const text = `-- Purpose: x\n${sql}\n\n-- ROLLBACK\n-- SELECT 1;\n`;
  const migration = await parseMigration('002_x.sql', Buffer.from(text));
  return diagramOf({ migration, checks: null, catalog, ledger: [] });
};

const told = async (sql: string, catalog?: Catalog) => {
  const { tables, keys } = (await drawn(sql, catalog)).drawn;
  return [
    ...tables.flatMap(({ name, nameBefore, fate, columns }) => [
      `${fate} ${nameBefore === name ? name : `${nameBefore} > ${name}`}`,
      ...columns
        .filter(({ before, after }) => before !== after)
        .map((one) => `  ${one.name}: ${one.before} > ${one.after}`),
    ]),
    ...keys.map(({ name, from, to, fate }) => `${fate} ${name} ${from} > ${to}`),
  ];
};

test.each([
  [
    'a new table with a key to one that is there',
    'CREATE TABLE notes (note_id bigserial PRIMARY KEY, user_id bigint NOT NULL REFERENCES users (id), body varchar(20));',
    [
      'came public.notes',
      ...[
        '  note_id: null > bigint PK not null',
        '  user_id: null > bigint FK not null',
        '  body: null > character varying(20)',
      ],
      ...['same public.users', 'came notes_user_id_fkey public.notes > public.users'],
    ],
  ],
  [
    'columns that come, go, and change',
    'ALTER TABLE orders ADD COLUMN note text, DROP COLUMN price, ALTER COLUMN user_id SET NOT NULL, ALTER COLUMN id TYPE numeric(9,2);',
    [
      'changed public.orders',
      ...['  id: bigint PK not null > numeric(9,2) PK not null', '  user_id: bigint FK > bigint FK not null'],
      ...['  note: null > text', '  price: integer > null'],
      ...['same public.users', 'same order_user public.orders > public.users'],
    ],
  ],
  [
    'a table that goes with the key that leads to it',
    'ALTER TABLE orders DROP CONSTRAINT order_user; DROP TABLE users;',
    [
      ...['changed public.orders', '  user_id: bigint FK > bigint', 'went public.users'],
      ...['  id: bigint PK not null > null', '  email: text > null', 'went order_user public.orders > public.users'],
    ],
  ],
  [
    'another name, which the key follows',
    'ALTER TABLE users RENAME TO people; ALTER TABLE people RENAME COLUMN email TO mail;',
    [
      ...['same public.orders', 'changed public.users > public.people', '  mail: null > text', '  email: text > null'],
      ...['changed order_user public.orders > public.people'],
    ],
  ],
  [
    'an index only',
    'CREATE INDEX orders_price ON orders (price);',
    ['same public.orders', 'same public.users', 'same order_user public.orders > public.users'],
  ],
  ['a table that is there already', 'CREATE TABLE IF NOT EXISTS other (id bigint, more text);', ['same public.other']],
  ['no table', 'CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$SELECT 1$$;', []],
])('%s is drawn', async (_, sql, lines) => {
  expect(await told(sql)).toEqual(lines);
});

test('what the review cannot read is named', async () => {
  const { unreadLines } = await drawn('DO $$ BEGIN CREATE TABLE x (); END $$;\nCREATE TABLE y AS SELECT 1 AS a;');

  expect(unreadLines).toEqual([2, 3]);
});

const many = (count: number, columns: number) =>
  Array.from({ length: count }, (_, index) => ({
    name: `public.t${index}`,
    columns: Array.from({ length: columns }, (__, at) => ({
      name: `c${at}`,
      type: 'text',
      isNullable: true,
      isKey: false,
    })),
    foreignKeys: index === 0 ? [] : [{ name: `fk${index}`, columns: ['c0'], target: 'public.t0' }],
  }));

test('a picture of a large schema stays small, and says what is not drawn', () => {
  const started = performance.now();
  const picture = layOut(pictureOf([], many(400, 300)));

  expect(picture.tables).toHaveLength(24);
  expect(picture.leftOut).toMatchObject({ count: 376 });
  expect(picture.tables[0]).toMatchObject({ more: 284 });
  expect(JSON.stringify(picture.tables).length).toBeLessThan(100_000);
  expect(String(schemaDiagramView(picture, null))).toContain('Not drawn: 376 more tables: public.t24,');
  expect(performance.now() - started).toBeLessThan(20_000);
});

test('no table lies on another one, and every name is inside of its box', async () => {
  const { drawn: picture } = await drawn(
    'ALTER TABLE orders ADD COLUMN note text; CREATE TABLE a (id bigint REFERENCES orders (id));',
  );
  const { tables, width, height } = picture;

  expect(tables).toHaveLength(3);
  for (const one of tables) {
    expect(one.x + one.width).toBeLessThanOrEqual(width);
    expect(one.y + one.height).toBeLessThanOrEqual(height);
    for (const other of tables.filter((table) => table !== one))
      expect(
        one.x + one.width <= other.x ||
          other.x + other.width <= one.x ||
          one.y + one.height <= other.y ||
          other.y + other.height <= one.y,
      ).toBe(true);
  }
});

test('the picture needs no script and no style of its own, and shows a name as text', async () => {
  const view = String(schemaDiagramView((await drawn('CREATE TABLE "<script>\n\u202e" (id bigint);')).drawn, null));

  expect(view).not.toMatch(/<script|style=|\u202e/);
  expect(view).toContain('public.&lt;script&gt; [U+202E]');
  expect(view).toContain('<svg class="schema" role="img"');
});
