import pg from 'pg';
import type { CheckStatement, DeclaredCheck, DeclaredQuery } from '#domain/checks/checks';
import { databaseAt, target, withLimitedRole, withTarget } from './database-arrangements';

const setUp = `
CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL UNIQUE);
CREATE TABLE markets (id int PRIMARY KEY, owner bigint NOT NULL REFERENCES users DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE audit (id int);
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'append only'; END $$;
CREATE TRIGGER append_only BEFORE UPDATE ON audit FOR EACH ROW EXECUTE FUNCTION refuse();
INSERT INTO users (email) VALUES ('ada@example.org')`;

const statement = (sql: string, expected: Partial<CheckStatement> = {}): CheckStatement => ({
  sql,
  line: 7,
  writes: [],
  expectedSqlState: null,
  save: [],
  expectedRows: null,
  ...expected,
});

const check = (name: string, ...statements: readonly CheckStatement[]): DeclaredCheck => ({
  name,
  line: 3,
  statements,
});

const insertUser = "INSERT INTO users (email) VALUES ('bob@example.org') RETURNING id";

test('tests see each its own statements, and what they expect is compared by SQLSTATE', () =>
  withTarget(setUp, async ({ database, query }) => {
    const outcome = await database.runChecks(target, [
      check(
        'an e-mail address is taken once',
        statement(insertUser, { save: [{ column: 'id', name: 'user_id' }] }),
        statement(insertUser, { expectedSqlState: '23505' }),
        statement('INSERT INTO markets VALUES (1, :user_id)'),
        statement('SELECT FROM markets WHERE owner = :user_id', { expectedRows: 1 }),
      ),
      check('the address is free for the next test', statement(insertUser)),
      check(
        'audit is append-only',
        statement('INSERT INTO audit VALUES (1)'),
        statement('UPDATE audit SET id = 2', { expectedSqlState: 'P0001' }),
      ),
    ]);

    expect(outcome.results).toMatchObject([
      { name: 'an e-mail address is taken once', line: 3, passed: true, sqlStates: ['23505'], failure: null },
      { name: 'the address is free for the next test', line: 3, passed: true, sqlStates: [], failure: null },
      { name: 'audit is append-only', line: 3, passed: true, sqlStates: ['P0001'], failure: null },
    ]);
    expect(outcome.results[0]?.errors).toMatchObject([
      { line: 7, schema: 'public', table: 'users', column: null, constraint: 'users_email_key', context: [] },
    ]);
    expect(outcome.results[0]?.activity?.map(({ writes }) => writes)).toEqual([
      [{ schema: 'public', name: 'users', events: ['INSERT'] }],
      // Refused by the index, which is asked after the row is written.
      [{ schema: 'public', name: 'users', events: ['INSERT'] }],
      [{ schema: 'public', name: 'markets', events: ['INSERT'] }],
      [],
    ]);
    expect(outcome.results[2]?.errors?.[0]?.context).toMatchObject([{ function: 'public.refuse' }]);
    expect(outcome.compared).toEqual({
      tables: [
        { name: 'public.audit', rowsBefore: 0, rowsAfter: 0 },
        { name: 'public.markets', rowsBefore: 0, rowsAfter: 0 },
        { name: 'public.users', rowsBefore: 1, rowsAfter: 1 },
      ],
      sequences: 1,
    });
    expect(outcome.calledFunctions).toEqual(['public.refuse']);
    expect(outcome.leftBehind).toEqual([]);
    expect(await query('SELECT count(*)::int AS n FROM users')).toEqual([{ n: 1 }]);
  }));

const failures: readonly [string, readonly CheckStatement[], RegExp][] = [
  [
    'an expected error that does not come',
    [statement(insertUser, { expectedSqlState: '23505' })],
    /^line 7: expected SQLSTATE 23505, but the statement succeeded$/,
  ],
  [
    'another error than the expected one',
    [statement('INSERT INTO users (email) VALUES (NULL)', { expectedSqlState: '23505' })],
    /^line 7: expected SQLSTATE 23505, PostgreSQL answered: null value in column "email".*\(SQLSTATE 23502\)/,
  ],
  ['an error that nobody expected', [statement('SELECT 1 / 0')], /^line 7: expected success, .*\(SQLSTATE 22012\)/],
  ['a row count that differs', [statement('SELECT 1', { expectedRows: 2 })], /^line 7: expected 2 rows, got 1$/],
  [
    'a column to save that is not returned',
    [statement('SELECT 1 AS one', { save: [{ column: 'two', name: 'two' }] })],
    /^line 7: column two was to be saved, but the statement returned one$/,
  ],
  [
    'a column to save of no row',
    [statement('SELECT 1 AS one WHERE false', { save: [{ column: 'one', name: 'one' }] })],
    /returned no row$/,
  ],
  [
    'a deferred constraint that would fail at a commit',
    [statement('INSERT INTO markets VALUES (1, 999)')],
    /^a deferred constraint, checked at the end of the test: .*\(SQLSTATE 23503\)/,
  ],
  ['two statements where one was declared', [statement('SELECT 1; SELECT 2')], /\(SQLSTATE 42601\)/],
];

test.each(failures)('%s is the failure of its test only', (_, statements, message) =>
  withTarget(setUp, async ({ database }) => {
    const { results, leftBehind } = await database.runChecks(target, [
      check('bad', ...statements),
      check('good', statement('SELECT 1')),
    ]);

    expect(results).toMatchObject([
      { passed: false, failure: expect.stringMatching(message) },
      { passed: true, failure: null },
    ]);
    expect(leftBehind).toEqual([]);
  }),
);

test('a deferred constraint can be expected', () =>
  withTarget(setUp, async ({ database }) => {
    const { results } = await database.runChecks(target, [
      check('a market has an owner', statement('INSERT INTO markets VALUES (1, 999)', { expectedSqlState: '23503' })),
    ]);

    expect(results).toMatchObject([{ passed: true, sqlStates: ['23503'] }]);
  }));

test('a test that ends the transaction is stopped and says so', () =>
  withTarget(setUp, async ({ database }) => {
    const checks = [check('bad', statement(insertUser), statement('COMMIT'))];

    await expect(database.runChecks(target, checks)).rejects.toMatchObject({
      name: 'VerificationFailed',
      message: expect.stringContaining('a test ended the transaction that the checklist rolls back, with: COMMIT'),
    });
  }));

const identityOf = 'SELECT last_value::int AS value FROM users_id_seq';

test('a sequence that the tests advanced is put back while nobody else is at work', () =>
  withTarget(`${setUp}; CREATE SEQUENCE untouched; CREATE SEQUENCE fresh`, async ({ database, query }) => {
    const outcome = await database.runChecks(target, [
      check(
        'uses sequences',
        statement(insertUser),
        statement(insertUser, { expectedSqlState: '23505' }),
        statement("SELECT nextval('fresh')"),
      ),
    ]);

    expect(outcome.leftBehind).toEqual([]);
    expect(await query(identityOf)).toEqual([{ value: 1 }]);
    expect(await query("SELECT nextval('fresh')::int AS value")).toEqual([{ value: 1 }]);
  }));

const whileAtWork = async <T>(connection: pg.ClientConfig, sql: string, work: () => Promise<T>): Promise<T> => {
  const { host, port, user, password, database } = connection;
  const other = new pg.Client({ host, port, user, password, database });
  await other.connect();
  try {
    await other.query(sql);
    return await work();
  } finally {
    await other.end();
  }
};

const asClient = ({ host, port, user, password, database }: pg.ClientConfig): pg.ClientConfig => ({
  host,
  port,
  user,
  password,
  database,
});

test('a sequence that somebody else may have used stays advanced and is reported', () =>
  withTarget(setUp, async ({ database, connection, query }) => {
    const outcome = await whileAtWork(asClient({ ...connection }), 'BEGIN', () =>
      database.runChecks(target, [check('uses a sequence', statement(insertUser))]),
    );

    expect(outcome.leftBehind).toEqual([
      'sequence public.users_id_seq: 1 before, 2 after; not put back, other sessions were at work and may have used it',
    ]);
    expect(await query(identityOf)).toEqual([{ value: 2 }]);
  }));

test('sessions that are connected and idle are not at work', () =>
  withTarget(setUp, async ({ database, connection }) => {
    const outcome = await whileAtWork(asClient({ ...connection }), 'SELECT 1', () =>
      database.runChecks(target, [check('uses a sequence', statement(insertUser))]),
    );

    expect(outcome.leftBehind).toEqual([]);
  }));

test('a sequence that the role may use but not set is reported', () =>
  withTarget(setUp, (arranged) =>
    withLimitedRole(arranged, async (role) => {
      await arranged.query(`GRANT SELECT, USAGE ON SEQUENCE users_id_seq TO ${role.name}`);

      const outcome = await databaseAt(role.connection).runChecks(target, [
        check('takes a value', statement("SELECT nextval('users_id_seq')")),
      ]);

      expect(outcome.leftBehind).toEqual([
        'sequence public.users_id_seq: 1 before, 2 after; not put back, the role may not set it',
      ]);
      expect(outcome.calledFunctions).toBeNull();
    }),
  ));

test('rows that a trigger writes through a connection of its own are found', () =>
  withTarget(
    `${setUp}; CREATE EXTENSION dblink; GRANT ALL ON audit TO PUBLIC;
     CREATE FUNCTION write_elsewhere(dsn text) RETURNS void LANGUAGE plpgsql AS $$
     BEGIN
       INSERT INTO audit VALUES (1);
       PERFORM dblink_exec(dsn, 'INSERT INTO audit VALUES (2)');
     END $$`,
    async ({ database, connection: { host, port, user, password, database: name } }) => {
      const dsn = `host=${host} port=${port} dbname=${name} user=${user} password=${password} application_name=migration-checklist-test`;

      const { leftBehind } = await database.runChecks(target, [
        check('writes elsewhere', statement(`SELECT write_elsewhere('${dsn}')`)),
      ]);

      expect(leftBehind).toEqual(['table public.audit: 0 rows before, 1 after']);
    },
  ));

const query = (sql: string): DeclaredQuery => ({ name: 'a query', line: 9, sql, expectsIndex: true, maximumMs: 100 });

const items = `CREATE TABLE items (id int PRIMARY KEY, kind int, note text);
  INSERT INTO items SELECT n, n % 1000, repeat('x', 50) FROM generate_series(1, 20000) n;
  CREATE INDEX items_kind ON items (kind); ANALYZE items; CREATE TABLE small (id int PRIMARY KEY, note text);
  INSERT INTO small VALUES (1, 'x'); ANALYZE small`;

test('queries are explained with their indexes, their sequential scans and a median time', () =>
  withTarget(items, async ({ database }) => {
    const [byIndex, byScan, small] = await database.explainQueries(target, [
      query('SELECT * FROM items WHERE kind = 7'),
      query("SELECT * FROM items WHERE note = 'y'"),
      query('SELECT * FROM small WHERE id = 1'),
    ]);

    expect(byIndex).toMatchObject({ name: 'a query', line: 9, runs: 5 });
    expect(byIndex).toMatchObject({ indexes: ['items_kind'], sequentialScans: [], unindexedTables: [] });
    expect(byScan).toMatchObject({ indexes: [], sequentialScans: ['public.items'], unindexedTables: ['public.items'] });
    expect(small).toMatchObject({ indexes: ['small_pkey'], sequentialScans: ['public.small'], unindexedTables: [] });
    expect(byScan?.medianMs).toBeGreaterThan(byIndex?.medianMs ?? 0);
  }));

test('a query that takes rows FOR UPDATE is timed too, and its locks are gone afterwards', () =>
  withTarget(items, async ({ database, query: sql }) => {
    const [result] = await database.explainQueries(target, [
      query('SELECT id FROM items WHERE kind = 7 ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED'),
    ]);

    expect(result).toMatchObject({ runs: 5, unindexedTables: [] });
    expect(await sql('SELECT count(*)::int AS n FROM (SELECT FROM items FOR UPDATE NOWAIT) AS free')).toEqual([
      { n: 20000 },
    ]);
  }));

test('a query that writes is refused, and nothing is written', () =>
  withTarget(items, async ({ database, query: sql }) => {
    await expect(database.explainQueries(target, [query('DELETE FROM items')])).rejects.toMatchObject({
      name: 'StatementFailed',
      message: expect.stringMatching(/^query "a query" \(line 9\): cannot execute DELETE in a read-only transaction/),
      details: { sqlState: '25006', line: 9 },
    });
    expect(await sql('SELECT count(*)::int AS n FROM items')).toEqual([{ n: 20000 }]);
  }));
