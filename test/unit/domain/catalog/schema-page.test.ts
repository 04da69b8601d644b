import { renderSchemaPage } from '#domain/catalog/schema-page';
import { catalogOf, column, comment, foreignKey, index, object, primaryKey, table } from './objects';

const shop = catalogOf(
  ...[table('public.users'), column('public.users.id', 1, { type: 'bigint', isNullable: false })],
  ...[primaryKey('public.users', 'id'), comment('table public.users', 'people | *all* of them')],
  ...[table('public.orders'), column('public.orders.id', 1, { type: 'bigint', isNullable: false })],
  column('public.orders.user_id', 2, { type: 'bigint', isNullable: false }),
  column('public.orders.price', 3, { type: 'numeric(12,2)', default: `'a|b'` }),
  primaryKey('public.orders', 'id'),
  foreignKey('public.orders.order_user', 'user_id', 'public.users', 'id'),
  index('public.orders_user', 'public.orders', 'user_id'),
  index('public.key', 'public.orders', 'id', { isUnique: true, constraint: 'key' }),
  index('public.half', 'public.orders', '', { predicate: 'x', isValid: false }),
);

const page = renderSchemaPage(shop, { title: 'staging', version: '007' });

test('the page names database, version and number of tables', () => {
  expect(page.startsWith('# staging\n\nSchema of version 007: 2 tables.\n')).toBe(true);
});

test('the diagram has every table and the foreign keys between them, in signs that Mermaid reads', () => {
  const diagram = /```mermaid\n([\s\S]*?)\n```/.exec(page)?.[1];

  expect(diagram?.split('\n')).toEqual([
    'erDiagram',
    '  public_orders["public.orders"] {',
    '    bigint id PK "not null"',
    '    bigint user_id FK "not null"',
    '    numeric(12-2) price',
    '  }',
    '  public_users["public.users"] {',
    '    bigint id PK "not null"',
    '  }',
    '  public_users ||--o{ public_orders : "order_user"',
  ]);
});

test('a table has its columns, keys and indexes; the index of a key is not listed again', () => {
  const orders = page.slice(page.indexOf('## public.orders'), page.indexOf('## public.users'));

  expect(orders.trim().split('\n')).toEqual([
    ...['## public.orders', '', '| Column | Type | Null | Default | Comment |', '| --- | --- | --- | --- | --- |'],
    ...['| `id` | `bigint` | no |  |  |', '| `user_id` | `bigint` | no |  |  |'],
    ...["| `price` | `numeric(12,2)` | yes | `'a\\|b'` |  |", ''],
    ...['Keys:', '', '- primary key `id`'],
    ...['- foreign key `user_id` to `public.users` (`id`), on delete no action, `order_user`', ''],
    ...['Indexes:', '', '- `half` on `(expression)`, partial, **invalid**', '- `orders_user` on `user_id`'],
  ]);
});

test('a comment cannot become markup', () => {
  expect(page).toContain('people \\| \\*all\\* of them');
});

test('names that Mermaid would choke on, and those that would become equal, stay apart', () => {
  const odd = catalogOf(
    ...[
      table('public."a b"'),
      table('public.a_b'),
      column('public.a_b."1st; -- x"', 1, { type: 'timestamp with time zone' }),
    ],
    foreignKey('public.a_b.self', 'x', 'public.gone', 'id'),
  );

  expect(renderSchemaPage(odd, { title: 't', version: '1' })).toContain(
    [
      'erDiagram',
      '  public_a_b_0["public.a b"] {',
      '  }',
      '  public_a_b_1["public.a_b"] {',
      '    timestamp_with_time_zone x1st_x',
      '  }',
      '```',
    ].join('\n'),
  );
});

test('a schema without tables has a page without a diagram', () => {
  const empty = renderSchemaPage(catalogOf(object('schema', 'public')), { title: 'new', version: '000' });

  expect(empty).toBe('# new\n\nSchema of version 000: 0 tables.\n');
});
