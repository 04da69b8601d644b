/** What the snapshot of a schema depends on, and what not. */
import { randomBytes } from 'node:crypto';
import type { Client } from 'pg';
import { readCatalog, readCatalogInTransaction } from '#adapters/postgres/catalog/read-catalog';
import type { Catalog } from '#domain/catalog/catalog';
import { describeDifference } from '#domain/catalog/describe-difference';
import { differenceOf } from '#domain/catalog/difference';
import { fingerprintOf } from '#domain/catalog/fingerprint';
import { gradeDifference } from '#domain/catalog/grade';
import { tablesOf, triggersOf } from '#domain/catalog/tables';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { withClient, withDatabase } from '#test/support/postgres';
import { shop, shopBackwards } from './catalog/shop';

const inDatabase = <T>(work: (client: Client, connection: ConnectionSettings) => Promise<T>) =>
  withDatabase((connection) => withClient(connection, (client) => work(client, connection)));

const catalogAfter = (sql: string) =>
  inDatabase(async (client) => {
    await client.query(sql);
    return readCatalog(client);
  });

const find = (catalog: Catalog, kind: string, identity: string) =>
  catalog.objects.find((object) => object.kind === kind && object.identity === identity)?.definition;

test('the same schema made in another order, after other objects came and went, has the same catalog', async () => {
  const [one, other] = [
    await catalogAfter(shop),
    await catalogAfter(`CREATE TABLE x (); DROP TABLE x; ${shopBackwards}`),
  ];

  expect(describeDifference(differenceOf(one, other))).toEqual([]);
  expect(fingerprintOf(other)).toBe(fingerprintOf(one));
});

test('a copy of a database has the catalog of the original', async () => {
  await withDatabase(async (connection) => {
    const original = await withClient(connection, async (client) => {
      await client.query(`${shop}; INSERT INTO shop.customers (name) VALUES ('Ann')`);
      return readCatalog(client);
    });
    const copy = `test_${randomBytes(6).toString('hex')}`;

    const copied = await withClient({ ...connection, database: 'postgres' }, async (client) => {
      await client.query(`CREATE DATABASE ${copy} TEMPLATE ${connection.database} STRATEGY FILE_COPY`);
      try {
        return await withClient({ ...connection, database: copy }, readCatalog);
      } finally {
        await client.query(`DROP DATABASE ${copy}`);
      }
    });

    expect(original.objects.length).toBeGreaterThan(30);
    expect(describeDifference(differenceOf(original, copied))).toEqual([]);
    expect(fingerprintOf(copied)).toBe(fingerprintOf(original));
  });
});

test('rows, sequence values, statistics and rewrites do not change the catalog', async () => {
  await inDatabase(async (client) => {
    await client.query(shop);
    const before = await readCatalog(client);

    await client.query(`INSERT INTO shop.customers (name) SELECT 'n' || n FROM generate_series(1, 500) n`);
    await client.query('ANALYZE; REINDEX TABLE shop.customers');
    await client.query('VACUUM FULL shop.customers');

    expect(describeDifference(differenceOf(before, await readCatalog(client)))).toEqual([]);
  });
});

test('the settings of the session that asks have no say', async () => {
  await inDatabase(async (client) => {
    await client.query(shop);
    const before = fingerprintOf(await readCatalog(client));

    await client.query(`SET search_path = shop, public; SET DateStyle = 'German'; SET TimeZone = 'Asia/Tokyo'`);
    await client.query(`SET IntervalStyle = 'iso_8601'; SET extra_float_digits = -5; SET bytea_output = 'escape'`);
    await client.query('SET quote_all_identifiers = on');

    expect(fingerprintOf(await readCatalog(client))).toBe(before);
  });
});

test('the session keeps its settings and its transaction, and what it has not committed yet is seen', async () => {
  await inDatabase(async (client) => {
    await client.query(`SET DateStyle = 'German, DMY'; BEGIN; SET LOCAL search_path = pg_catalog, "odd ""name"""`);
    await client.query('CREATE TABLE public.pending (id int)');

    const [one, other] = [await readCatalog(client), await readCatalogInTransaction(client)];
    const { rows } = await client.query(
      `SELECT current_setting('search_path') AS path, current_setting('DateStyle') AS style`,
    );
    await client.query('ROLLBACK');

    expect(find(one, 'table', 'public.pending')).toBeDefined();
    expect(fingerprintOf(other)).toBe(fingerprintOf(one));
    expect(rows).toEqual([{ path: 'pg_catalog, "odd ""name"""', style: 'German, DMY' }]);
    expect(find(await readCatalog(client), 'table', 'public.pending')).toBeUndefined();
  });
});

test('extension members, temporary objects and the own schema are left out, a user’s table beside them is not', async () => {
  await inDatabase(async (client) => {
    await client.query(`CREATE SCHEMA migration_checklist; CREATE TABLE migration_checklist.ledger (id int PRIMARY KEY);
      COMMENT ON CONSTRAINT ledger_pkey ON migration_checklist.ledger IS 'ours'; CREATE EXTENSION pg_stat_statements;
      CREATE EXTENSION hstore; CREATE TEMP TABLE scratch (id int); COMMENT ON TABLE scratch IS 'gone soon'`);
    await client.query('CREATE TABLE mine (tags hstore)');

    const catalog = await readCatalog(client);

    expect(catalog.objects.map(({ kind, identity }) => `${kind} ${identity}`)).toEqual([
      ...['column public.mine.tags', 'comment extension hstore', 'comment extension pg_stat_statements'],
      ...['comment schema public', 'extension hstore', 'extension pg_stat_statements', 'extension plpgsql'],
      ...['schema public', 'table public.mine'],
    ]);
  });
});

test('no two objects of a catalog have the same kind and identity', async () => {
  const { objects } = await catalogAfter(shop);

  expect(new Set(objects.map(({ kind, identity }) => `${kind} ${identity}`)).size).toBe(objects.length);
});

test('no secret of a user mapping or a server comes into the catalog', async () => {
  const catalog = await catalogAfter(`CREATE EXTENSION postgres_fdw;
    CREATE FOREIGN DATA WRAPPER cloud OPTIONS (access_token 'hush wrapper');
    CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'db', port '5433');
    CREATE SERVER files FOREIGN DATA WRAPPER cloud OPTIONS (host 'db', "Secret Key" 'hush server', filename 's3://k:hush@b');
    CREATE FOREIGN TABLE bills (id int OPTIONS (salt 'hush column')) SERVER files
      OPTIONS (table_name 'bills', program 'curl -u me:hush');
    CREATE USER MAPPING FOR PUBLIC SERVER far OPTIONS (user 'u', password 'hush')`);

  expect(find(catalog, 'user mapping', 'for PUBLIC on far')).toEqual({});
  expect(find(catalog, 'server', 'far')).toMatchObject({ foreignOptions: "host 'db', port '5433'" });
  expect(find(catalog, 'server', 'files')).toMatchObject({
    foreignOptions: `"Secret Key" '(not shown)', filename '(not shown)', host 'db'`,
  });
  expect(find(catalog, 'foreign table', 'public.bills')).toMatchObject({
    foreignOptions: "program '(not shown)', table_name 'bills'",
  });
  expect(JSON.stringify(catalog)).not.toContain('hush');
});

test('an index that a failed CONCURRENTLY left behind is not valid', async () => {
  await inDatabase(async (client) => {
    await client.query('CREATE TABLE jobs (key text); INSERT INTO jobs VALUES (1), (1)');

    await expect(client.query('CREATE UNIQUE INDEX CONCURRENTLY jobs_key ON jobs (key)')).rejects.toMatchObject({
      code: '23505',
    });
    const catalog = await readCatalog(client);

    expect(find(catalog, 'index', 'public.jobs_key')).toMatchObject({ isValid: false, isUnique: true });
    expect(tablesOf(catalog)[0]?.indexes).toMatchObject([{ name: 'jobs_key', isValid: false }]);
  });
});

test('a column dropped and added again is a harmless change of order', async () => {
  await inDatabase(async (client) => {
    await client.query('CREATE TABLE jobs (id int, status text, note text)');
    const before = await readCatalog(client);

    await client.query('ALTER TABLE jobs DROP status; ALTER TABLE jobs ADD status text');
    const { verdict, harmless } = gradeDifference(differenceOf(before, await readCatalog(client)));

    expect(verdict).toBe('harmless');
    expect(harmless).toMatchObject([{ name: 'column order', identity: 'public.jobs' }]);
  });
});

test('a serial column made anew under a name that was taken is a harmless new name of its sequence', async () => {
  await inDatabase(async (client) => {
    await client.query('CREATE TABLE jobs (number serial)');
    const before = await readCatalog(client);

    await client.query(`CREATE SEQUENCE other; ALTER TABLE jobs RENAME TO old; CREATE TABLE jobs (number serial);
      DROP TABLE old; DROP SEQUENCE other`);
    const { verdict, harmless } = gradeDifference(differenceOf(before, await readCatalog(client)));

    expect(verdict).toBe('harmless');
    expect(harmless).toMatchObject([{ name: 'sequence renamed', identity: 'public.jobs_number_seq1' }]);
  });
});

test('an enum value that stays behind is irreversible by design, whatever its place', async () => {
  await inDatabase(async (client) => {
    await client.query(`CREATE TYPE mood AS ENUM ('sad', 'it''s, ok')`);
    const before = await readCatalog(client);

    await client.query(`ALTER TYPE mood ADD VALUE 'so-so' BEFORE 'it''s, ok'`);
    const { verdict, irreversible } = gradeDifference(differenceOf(before, await readCatalog(client)));

    expect(verdict).toBe('irreversible by design');
    expect(irreversible).toMatchObject([{ name: 'enum value added', identity: 'public.mood' }]);
    expect(irreversible[0]?.text).toContain(`'so-so'`);
  });
});

test('tables and triggers come as structured data', async () => {
  const catalog = await catalogAfter(shop);

  expect(tablesOf(catalog).find(({ name }) => name === 'Order lines')).toEqual({
    schema: 'shop',
    name: 'Order lines',
    identity: 'shop."Order lines"',
    comment: 'what was ordered',
    columns: [
      { name: 'order', type: 'bigint', isNullable: false, default: null, comment: null },
      { name: 'a,b', type: 'integer', isNullable: false, default: null, comment: 'place' },
      { name: 'price', type: 'numeric(12,2)', isNullable: true, default: '0', comment: null },
      { name: 'twice', type: 'numeric', isNullable: true, default: 'generated: ((2)::numeric * price)', comment: null },
    ],
    primaryKey: ['order', 'a,b'],
    foreignKeys: [
      {
        name: 'line_order',
        columns: ['order'],
        targetTable: 'shop.orders',
        targetColumns: ['id'],
        onDelete: 'cascade',
      },
    ],
    indexes: [
      {
        name: 'Order lines_pkey',
        columns: ['order', 'a,b'],
        isUnique: true,
        isPartial: false,
        isValid: true,
        constraint: 'Order lines_pkey',
      },
      { name: 'line_price', columns: ['', 'a,b'], isUnique: false, isPartial: true, isValid: true, constraint: null },
    ],
  });
  expect(triggersOf(catalog)).toEqual([
    { name: 'stamp', table: 'shop.orders', function: 'shop.stamp', isEnabled: true },
    { name: 'stamp_late', table: 'shop.orders', function: 'shop.stamp', isEnabled: false },
  ]);
});
