import { extensionBehind } from '#domain/sql/extension-behind';

test.each([
  ['42704', 'operator class "gin_trgm_ops" does not exist for access method "gin"', 'pg_trgm'],
  ['42704', 'type "citext" does not exist', 'citext'],
  ['42704', 'type "public.vector" does not exist', 'vector'],
  ['42883', 'function uuid_generate_v4() does not exist', 'uuid-ossp'],
  ['42883', 'function public.gen_random_bytes(integer) does not exist', 'pgcrypto'],
  ['42883', 'function st_intersects(geometry, geometry) does not exist', 'postgis'],
  ['42704', 'data type integer has no default operator class for access method "gist"', 'btree_gist'],
])('%s, %s: %s', (sqlState, message, extension) => {
  expect(extensionBehind(sqlState, message)).toContain(`--extension ${extension} makes it first`);
});

test.each([
  ['42704', 'type "colour" does not exist'],
  ['42P01', 'relation "orders" does not exist'],
  ['42601', 'syntax error at or near "citext"'],
  [null, 'type "citext" does not exist'],
])('%s, %s: nothing is known', (sqlState, message) => {
  expect(extensionBehind(sqlState, message)).toBeUndefined();
});
