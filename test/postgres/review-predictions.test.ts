import type pg from 'pg';
import { type LockMode, lockModes } from '#domain/locks/lock-modes';
import { predictLocks } from '#domain/locks/predict-locks';
import type { SqlStatement } from '#domain/migration/migration';
import { parseMigration } from '#domain/migration/parse-migration';
import { changesOf } from '#domain/review/changes/changes-of';
import { namesGivenByPostgres } from '#domain/review/changes/given-names';
import { reservedWords } from '#domain/sql/reserved-words';
import { withClient, withDatabase } from '#test/support/postgres';

const parse = async (sql: string): Promise<readonly SqlStatement[]> =>
  (await parseMigration('001_example.sql', Buffer.from(`${sql};\n-- ROLLBACK\n-- SELECT 1;\n`))).statements;

const withServer = <T>(work: (client: pg.Client) => Promise<T>) =>
  withDatabase((connection) => withClient(connection, work));

test("the reserved words are PostgreSQL's own", () =>
  withServer(async (client) => {
    const { rows } = await client.query<{ word: string }>(
      "SELECT word FROM pg_get_keywords() WHERE catcode IN ('R', 'T') ORDER BY word",
    );

    expect([...reservedWords].sort()).toEqual(rows.map(({ word }) => word).sort());
  }));

const long = 'a_rather_long_name_of_a_table_that_goes_on';

const unnamed = [
  'CREATE TABLE a (id int PRIMARY KEY, b text UNIQUE, c int CHECK (c > 0), d int REFERENCES a)',
  'CREATE TABLE a (b int, c int, CHECK (b > c), CHECK (b < 9), CHECK (b > 1), UNIQUE (b, c), UNIQUE (c, b))',
  'CREATE TABLE a (b int, c int, EXCLUDE (b WITH =, c WITH =), PRIMARY KEY (b, c), FOREIGN KEY (c, b) REFERENCES a)',
  `CREATE TABLE ${long} (${long}_b int UNIQUE, another_${long} int CHECK (another_${long} > 1))`,
  'CREATE TABLE a (b int, a_b_key int, CONSTRAINT a_b_key UNIQUE (a_b_key), UNIQUE (b))',
  'CREATE TABLE a (b int, c int); CREATE INDEX ON a (b, c); CREATE INDEX ON a (b, c); ALTER TABLE a ADD CHECK (c > 1), ADD UNIQUE (c)',
];

test('the names that PostgreSQL gives to constraints and indexes are predicted', () =>
  withServer(async (client) => {
    for (const sql of unnamed) {
      const changes = changesOf(await parse(sql));
      const explicit = [...changes.constraints, ...changes.indexes].flatMap(({ name }) => name ?? []);
      const predicted = [...namesGivenByPostgres(changes).values(), ...explicit];

      await client.query('BEGIN');
      await client.query(sql);
      const { rows } = await client.query<{ name: string }>(
        `SELECT conname AS name FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
         UNION SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'i'`,
      );
      await client.query('ROLLBACK');

      expect([...predicted].sort()).toEqual(rows.map(({ name }) => name).sort());
    }
  }));

const arrangement = `
  CREATE TABLE parent (id int PRIMARY KEY);
  CREATE TABLE a (b int, c varchar(10), d numeric(6,2), e int NOT NULL, CONSTRAINT a_e_check CHECK (e > 0) NOT VALID);
  CREATE INDEX a_b_idx ON a (b);
  CREATE UNIQUE INDEX a_e_idx ON a (e);
  CREATE TABLE parted (b int) PARTITION BY RANGE (b);
  CREATE TABLE part (b int);
  CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
  CREATE TRIGGER t BEFORE UPDATE ON a FOR EACH ROW EXECUTE FUNCTION f();
  INSERT INTO a SELECT i, 'x', 1, i FROM generate_series(1, 100) i;
`;
const columnTypes: Readonly<Record<string, string>> = {
  b: 'integer',
  c: 'character varying(10)',
  d: 'numeric(6,2)',
  e: 'integer',
};

type Relation = { readonly oid: string; readonly name: string; readonly file: string };

const tablesNow = async (client: pg.Client): Promise<readonly Relation[]> => {
  const { rows } = await client.query<Relation>(
    `SELECT oid::text, 'public.' || relname AS name, relfilenode::text AS file FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')`,
  );
  return rows;
};

// They stop nobody.
const untold = ['AccessShareLock', 'RowShareLock'];

/** The strongest lock on each table that was there before, and which of them were rewritten, in a transaction that is rolled back. */
const observe = async (client: pg.Client, sql: string) => {
  await client.query('BEGIN');
  const before = await tablesNow(client);
  await client.query(sql);
  const after = await tablesNow(client);
  const { rows } = await client.query<{ oid: string; mode: LockMode }>(
    'SELECT relation::text AS oid, mode FROM pg_locks WHERE pid = pg_backend_pid() AND relation IS NOT NULL',
  );
  await client.query('ROLLBACK');
  const locks = before.flatMap(({ oid, name }) => {
    const modes = rows.filter((row) => row.oid === oid && !untold.includes(row.mode)).map(({ mode }) => mode);
    const strongest = modes.sort((one, other) => lockModes.indexOf(other) - lockModes.indexOf(one))[0];
    return strongest ? [`${strongest} on ${name}`] : [];
  });
  const rewritten = before.filter(({ oid, file }) => after.some((now) => now.oid === oid && now.file !== file));
  return { locks: locks.sort(), rewritten: rewritten.map(({ name }) => name) };
};

const known = {
  columnType: (_: string, column: string) => columnTypes[column] ?? null,
  tableOfIndex: () => 'public.a',
};

const predict = async (sql: string) => {
  const [statement] = await parse(sql);
  const locks = predictLocks(statement as SqlStatement, known);
  return {
    locks: locks
      .filter(({ mode }) => !untold.includes(mode))
      .map(({ mode, table }) => `${mode} on ${table}`)
      .sort(),
    rewritten: locks.filter(({ work }) => work === 'rewrite').map(({ table }) => table),
  };
};

const statements = [
  'ALTER TABLE a ADD COLUMN f int',
  'ALTER TABLE a ADD COLUMN f timestamptz NOT NULL DEFAULT now()',
  'ALTER TABLE a ADD COLUMN f uuid NOT NULL DEFAULT gen_random_uuid()',
  'ALTER TABLE a ADD COLUMN f bigint GENERATED ALWAYS AS IDENTITY',
  'ALTER TABLE a ADD COLUMN f bigserial',
  'ALTER TABLE a ADD COLUMN f int REFERENCES parent',
  'ALTER TABLE a DROP COLUMN b',
  'ALTER TABLE a ALTER COLUMN b SET NOT NULL',
  'ALTER TABLE a ALTER COLUMN e DROP NOT NULL',
  'ALTER TABLE a ALTER COLUMN b SET DEFAULT 1',
  'ALTER TABLE a ALTER COLUMN b SET STATISTICS 500',
  'ALTER TABLE a ALTER COLUMN b TYPE bigint',
  'ALTER TABLE a ALTER COLUMN c TYPE varchar(20)',
  'ALTER TABLE a ALTER COLUMN c TYPE varchar(5)',
  'ALTER TABLE a ALTER COLUMN c TYPE text',
  'ALTER TABLE a ALTER COLUMN d TYPE numeric(8,2)',
  'ALTER TABLE a ALTER COLUMN d TYPE numeric(8,3)',
  'ALTER TABLE a ALTER COLUMN d TYPE numeric',
  'ALTER TABLE a ADD CONSTRAINT q CHECK (b > 0)',
  'ALTER TABLE a ADD CONSTRAINT q CHECK (b > 0) NOT VALID',
  'ALTER TABLE a ADD CONSTRAINT q FOREIGN KEY (b) REFERENCES parent NOT VALID',
  'ALTER TABLE a ADD CONSTRAINT q UNIQUE (b)',
  'ALTER TABLE a ADD CONSTRAINT q UNIQUE USING INDEX a_e_idx',
  'ALTER TABLE a VALIDATE CONSTRAINT a_e_check',
  'ALTER TABLE a DROP CONSTRAINT a_e_check',
  'ALTER TABLE a DISABLE TRIGGER t',
  'ALTER TABLE a SET (fillfactor = 70)',
  'ALTER TABLE a SET UNLOGGED',
  'ALTER TABLE a ENABLE ROW LEVEL SECURITY',
  'ALTER TABLE a CLUSTER ON a_b_idx',
  'ALTER TABLE a REPLICA IDENTITY FULL',
  'ALTER TABLE parted ATTACH PARTITION part FOR VALUES FROM (1) TO (2)',
  'ALTER TABLE a RENAME COLUMN b TO g',
  'ALTER TABLE a RENAME TO g',
  'ALTER INDEX a_b_idx RENAME TO g',
  'CREATE INDEX g ON a (b)',
  'DROP INDEX a_b_idx',
  'CREATE TRIGGER g BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION f()',
  'DROP TRIGGER t ON a',
  'CREATE TABLE g (b int REFERENCES parent)',
  'CREATE TABLE g PARTITION OF parted FOR VALUES FROM (1) TO (2)',
  'CREATE TABLE g () INHERITS (a)',
  "COMMENT ON TABLE a IS 'x'",
  "COMMENT ON COLUMN a.b IS 'x'",
  'CREATE STATISTICS g ON b, e FROM a',
  'CREATE POLICY g ON a USING (true)',
  'CLUSTER a USING a_b_idx',
  'LOCK TABLE a IN SHARE MODE',
  'UPDATE a SET b = 1',
  'DELETE FROM a',
  'INSERT INTO a (e) VALUES (1000)',
  'INSERT INTO a (e) SELECT id FROM parent',
  'CREATE TABLE g AS SELECT * FROM a',
  'DROP TABLE part',
  'CREATE RULE g AS ON DELETE TO a DO INSTEAD NOTHING',
];

test('the locks that statements take, and the tables they rewrite, are predicted as they are', () =>
  withServer(async (client) => {
    await client.query(arrangement);
    const predicted: Record<string, unknown> = {};
    const observed: Record<string, unknown> = {};

    for (const sql of statements) {
      predicted[sql] = await predict(sql);
      observed[sql] = await observe(client, sql);
    }

    expect(predicted).toEqual(observed);
  }));
