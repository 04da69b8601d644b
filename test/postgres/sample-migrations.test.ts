import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type pg from 'pg';
import { readCatalog } from '#adapters/postgres/catalog/read-catalog';
import { differenceOf, isEmptyDifference } from '#domain/catalog/difference';
import { bindSaved } from '#domain/checks/bind-saved';
import type { CheckStatement, DeclaredCheck, DeclaredQuery } from '#domain/checks/checks';
import { parseChecks } from '#domain/checks/parse-checks';
import { checksFileNameOf } from '#domain/migration/file-name';
import type { SqlStatement } from '#domain/migration/migration';
import { parseMigration } from '#domain/migration/parse-migration';
import { withClient, withDatabase } from '#test/support/postgres';
import { reviewsOf } from '#test/support/reviews';

const samples = ['001_create_jobs.sql', '002_create_core_schema.sql'];

const bytesOf = (fileName: string) => readFile(path.join(__dirname, '../../migrations', fileName));

const load = async (fileName: string) => ({
  migration: await parseMigration(fileName, await bytesOf(fileName)),
  checks: await parseChecks(checksFileNameOf(fileName), await bytesOf(checksFileNameOf(fileName))),
});

const run = async (client: pg.Client, statements: readonly SqlStatement[]) => {
  await client.query('BEGIN');
  for (const { sql } of statements) await client.query(sql);
  await client.query('COMMIT');
};

/** A database in which the samples before this one are applied. */
const before = <T>(fileName: string, work: (client: pg.Client) => Promise<T>): Promise<T> =>
  withDatabase((connection) =>
    withClient(connection, async (client) => {
      for (const earlier of samples.slice(0, samples.indexOf(fileName)))
        await run(client, (await load(earlier)).migration.statements);
      return work(client);
    }),
  );

const sqlStateOf = async (client: pg.Client, sql: string): Promise<string | null> => {
  await client.query('SAVEPOINT attempt');
  try {
    await client.query(sql);
    return null;
  } catch (error) {
    await client.query('ROLLBACK TO SAVEPOINT attempt');
    return (error as { code?: string }).code ?? null;
  }
};

const outcomeOf = async (
  client: pg.Client,
  statement: CheckStatement,
  values: Readonly<Record<string, string | null>>,
) => {
  const sql = bindSaved(statement.sql, values);
  if (statement.expectedSqlState !== null)
    return { line: statement.line, sqlState: await sqlStateOf(client, sql), rows: null, saved: {} };
  const { rows, rowCount } = await client.query(sql);
  return {
    line: statement.line,
    sqlState: null,
    rows: statement.expectedRows === null ? null : rowCount,
    saved: Object.fromEntries(statement.save.map(({ column, name }) => [name, rows[0][column]])),
  };
};

/** What each statement of a test did, in the words of its declaration. */
const outcomesOf = async (client: pg.Client, { statements }: DeclaredCheck) => {
  await client.query('SAVEPOINT test');
  let values: Readonly<Record<string, string | null>> = {};
  const outcomes = [];
  for (const statement of statements) {
    const { saved, ...outcome } = await outcomeOf(client, statement, values);
    values = { ...values, ...saved };
    outcomes.push(outcome);
  }
  await client.query('ROLLBACK TO SAVEPOINT test');
  return outcomes;
};

const declaredOf = ({ statements }: DeclaredCheck) =>
  statements.map(({ line, expectedSqlState, expectedRows }) => ({
    line,
    sqlState: expectedSqlState,
    rows: expectedRows,
  }));

const planOf = async (client: pg.Client, { sql }: DeclaredQuery): Promise<string> => {
  const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${sql}`);
  return rows.map((row) => row['QUERY PLAN']).join('\n');
};

test.each(samples)('%s can be applied, rolled back to exactly what was before, and applied again', (fileName) =>
  before(fileName, async (client) => {
    const { migration } = await load(fileName);
    const untouched = await readCatalog(client);

    await run(client, migration.statements);
    const applied = await readCatalog(client);
    await run(client, migration.rollback.statements);
    const rolledBack = await readCatalog(client);
    await run(client, migration.statements);
    const appliedAgain = await readCatalog(client);

    expect(isEmptyDifference(differenceOf(untouched, applied))).toBe(false);
    expect(differenceOf(untouched, rolledBack)).toEqual({ added: [], removed: [], changed: [] });
    expect(differenceOf(applied, appliedAgain)).toEqual({ added: [], removed: [], changed: [] });
  }),
);

test.each(samples)('the declared tests of %s behave as declared', (fileName) =>
  before(fileName, async (client) => {
    const { migration, checks } = await load(fileName);
    await run(client, migration.statements);

    await client.query('BEGIN');
    const outcomes = [];
    for (const check of checks.tests) outcomes.push({ name: check.name, outcomes: await outcomesOf(client, check) });

    expect(outcomes).toEqual(checks.tests.map((check) => ({ name: check.name, outcomes: declaredOf(check) })));
  }),
);

test.each(samples)('the declared tests of %s fire every trigger function', (fileName) =>
  before(fileName, async (client) => {
    const { migration, checks } = await load(fileName);
    await run(client, migration.statements);

    await client.query('BEGIN');
    await client.query("SET LOCAL track_functions = 'all'");
    for (const check of checks.tests) await outcomesOf(client, check);
    const { rows: called } = await client.query('SELECT funcname FROM pg_stat_xact_user_functions ORDER BY funcname');
    const { rows: used } = await client.query(
      `SELECT DISTINCT p.proname AS funcname FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
       WHERE NOT t.tgisinternal ORDER BY funcname`,
    );

    expect(used).not.toEqual([]);
    expect(called).toEqual(used);
  }),
);

test.each(samples)('an index serves every declared query of %s', (fileName) =>
  before(fileName, async (client) => {
    const { migration, checks } = await load(fileName);
    await run(client, migration.statements);
    // On empty tables the planner would read them through: asked with that off, it shows whether an index can serve.
    await client.query('SET enable_seqscan = off');

    const plans: string[] = [];
    for (const query of checks.queries) plans.push(await planOf(client, query));

    expect(plans.length).toBeGreaterThan(0);
    for (const plan of plans) {
      expect(plan).toMatch(/Index (?:Only )?Scan|Bitmap Index Scan/);
      expect(plan).not.toMatch(/Seq Scan/);
    }
  }),
);

test.each(samples)('our own review of %s on the present database finds nothing', (fileName) =>
  before(fileName, async (client) => {
    const catalog = await readCatalog(client);
    const subject = { ...(await load(fileName)), catalog, ledger: [], statistics: [] };

    const reviews = reviewsOf(subject);

    expect(reviews.flatMap(({ findings, refusals }) => [...findings, ...refusals])).toEqual([]);
    expect(reviews.flatMap(({ boxes }) => boxes.map(({ answer }) => answer))).not.toContain('failed');
  }),
);
