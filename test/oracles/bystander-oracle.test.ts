/** Whom box 3.5 says that a statement stops, against bystanders whom PostgreSQL itself names as waiting for it. */
import { setTimeout as pause } from 'node:timers/promises';
import { readCatalog } from '#adapters/postgres/catalog/read-catalog';
import { type Session, withSession } from '#adapters/postgres/session/session';
import { inTransaction, rollback } from '#adapters/postgres/session/transaction';
import { closeRuns, type OpenRun, runStatements } from '#adapters/postgres/statements/statement-runner';
import { watchStatement } from '#adapters/postgres/statements/watch-statement';
import { readTableStatistics } from '#adapters/postgres/table-statistics';
import type { Catalog } from '#domain/catalog/catalog';
import { gradeDryRun } from '#domain/dry-run/grade-dry-run';
import type { StatementRun } from '#domain/dry-run/measured';
import { waitsOf } from '#domain/dry-run/waits';
import { parseMigration } from '#domain/migration/parse-migration';
import { predictImpact } from '#domain/review/predict-impact';
import type { TableContents } from '#domain/tables/contents';
import type { TableStatistics } from '#domain/tables/statistics';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { limits } from '#test/postgres/database-arrangements';
import { withDatabase } from '#test/support/postgres';
import { arrangement, forms, formsOutside } from '#test/versions/statement-forms';
import { besideBystanders, type Waited } from './bystanders';
import { rowArrangement, rowForms } from './row-forms';

/** Long enough for a bystander who comes every 10 ms to meet the shortest lock. */
const keptOpenMs = 150;
const patience = { ...limits, statementTimeoutMs: 60_000, lockTimeoutMs: 10_000 };

type Case = {
  readonly form: string;
  readonly sql: string;
  readonly table: string;
  readonly row: number;
  readonly isTouched: boolean;
  readonly isOutside?: true;
};

/** The first row of each table. */
const firstRows: Readonly<Record<string, number>> = { loose: 200_001, fitting: 200_001 };

const caseOf = (form: string, sql: string, table: string): Case => ({
  ...{ form, sql, table },
  row: firstRows[table] ?? 1,
  isTouched: true,
});

/** Each form beside each table that it locks; one that locks none, beside `big`. */
const cases: readonly Case[] = [
  ...forms.flatMap(({ form, sql, locks }) => {
    const tables = Object.keys(locks).filter((name) => name !== 'big_parent');
    return (tables.length > 0 ? tables : ['big']).map((table) => caseOf(form, sql, table));
  }),
  ...rowForms.map(({ form, sql, table, row = 1, isTouched = true }) => ({ form, sql, table, row, isTouched })),
  ...formsOutside.map(({ form, sql, table }) => ({ ...caseOf(form, sql, table), isOutside: true as const })),
];

const bystandersOf = ({ table, row }: Case) => [
  { name: 'reader', sql: `SELECT * FROM ${table} WHERE id = ${row}` },
  // A materialized view has no writers but REFRESH.
  ...(table === 'summary' ? [] : [{ name: 'writer', sql: `UPDATE ${table} SET id = id WHERE id = ${row}` }]),
  ...(table === 'club'
    ? [
        // Rows of their own: who waits behind another bystander does not wait for the statement.
        { name: 'adder', sql: 'BEGIN; INSERT INTO member (club_id) VALUES (2); ROLLBACK' },
        { name: 'key changer', sql: 'SELECT FROM club WHERE id = 3 FOR UPDATE' },
      ]
    : []),
];

type Known = {
  readonly catalog: Catalog;
  readonly contents: readonly TableContents[];
  readonly traffic: readonly TableStatistics[];
};

type Verdict = {
  readonly who: Readonly<Record<string, boolean>>;
  readonly heldMs: number;
  readonly isOfTable: boolean;
};

/** What the product says, in the words in which box 3.5 and the report say it. */
const verdictOf = (
  { table, isTouched }: Case,
  runs: readonly StatementRun[],
  known: Known,
  predictions: ReturnType<typeof predictImpact>,
): Verdict => {
  const assessed = gradeDryRun(runs, predictions, known);
  const waits = waitsOf(assessed, { production: null, limitMs: 1_000 }).filter(
    (wait) => wait.table === `public.${table}`,
  );
  const rows = assessed.flatMap(({ rowLocks = [] }) => rowLocks).filter((lock) => lock.table === `public.${table}`);
  const says = (words: string) => waits.some(({ blocks }) => blocks === words);
  const everybody = says('readers and writers');
  const writers = everybody || says('writers');
  const adders = rows.some(({ blocks }) => blocks.includes(', and whoever adds rows to public.member'));
  return {
    who: {
      reader: everybody,
      writer: writers || (isTouched && waits.some(({ blocks }) => blocks.startsWith('writers of these rows'))),
      // Who adds a row that refers to the table looks the row up FOR KEY SHARE, which ExclusiveLock stops as well.
      adder: everybody || waits.some(({ mode }) => mode === 'ExclusiveLock') || (isTouched && adders),
      'key changer': everybody || waits.some(({ mode }) => mode === 'ExclusiveLock') || (isTouched && rows.length > 0),
    },
    heldMs: Math.max(0, ...waits.map(({ heldMs }) => heldMs)),
    isOfTable: writers,
  };
};

const runInTransaction = async (session: Session, migration: Awaited<ReturnType<typeof parseMigration>>) => {
  let runs: readonly OpenRun[] = [];
  const end = async () => {
    await pause(keptOpenMs);
    await rollback(session);
  };
  await inTransaction(session, { limits: patience, end }, async () => {
    await session.query('SET LOCAL max_parallel_maintenance_workers = 0');
    runs = await runStatements(session, migration.statements, { isAlone: true });
  });
  return closeRuns(runs, performance.now());
};

const runAlone = (connection: ConnectionSettings, session: Session, sql: string): Promise<readonly StatementRun[]> =>
  withSession(connection, async (witness) => {
    const { watched } = await watchStatement({ worker: session, witness, isAlone: true }, () => session.query(sql));
    return [{ index: 0, line: 1, summary: sql, rowsAffected: null, ...watched }];
  });

type Compared = {
  readonly form: string;
  readonly table: string;
  readonly said: Verdict;
  readonly waited: readonly Waited[];
};

const compare = async (
  connection: ConnectionSettings,
  session: Session,
  known: Known,
  one: Case,
): Promise<Compared> => {
  const migration = await parseMigration(
    '001_form.sql',
    Buffer.from(`-- Purpose: a form.\n\n${one.sql.replace(/;?$/, ';')}\n\n-- ROLLBACK\n-- SELECT 1;\n`),
  );
  const predictions = predictImpact({ migration, catalog: known.catalog, statistics: known.traffic });
  const { rows } = await session.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const { host, port, user, password, database } = connection;
  const { result, waited } = await besideBystanders(
    { host, port, user, password, database },
    { worker: rows[0]?.pid ?? 0, bystanders: bystandersOf(one) },
    () => (one.isOutside ? runAlone(connection, session, one.sql) : runInTransaction(session, migration)),
  );
  return { form: one.form, table: one.table, said: verdictOf(one, result, known, predictions), waited };
};

const disagreementsOf = ({ form, table, said, waited }: Compared): readonly string[] =>
  waited
    .filter(({ name, hasWaited }) => said.who[name] !== hasWaited)
    .map(
      ({ name, hasWaited }) =>
        `${form}, ${table}: the ${name} ${hasWaited ? 'waited' : 'did not wait'}, the product says otherwise`,
    );

/** By how much the longest wait may differ from the time that is told, where both can be told apart from the machine's own pauses. */
const factor = 2;

const isFarOff = ({ said: { heldMs, isOfTable }, waited }: Compared): boolean => {
  const longestMs = Math.max(0, ...waited.filter(({ hasWaited }) => hasWaited).map((one) => one.longestMs));
  // A row may be reached late: who wants it waits from then on, and not since the statement began.
  const leastMs = isOfTable ? heldMs : keptOpenMs;
  return longestMs > 100 && heldMs > 100 && (longestMs > factor * heldMs || longestMs < leastMs / factor);
};

const arrange = async (session: Session) => {
  await session.query("SET timezone = 'UTC'");
  await session.query(arrangement);
  await session.query(rowArrangement);
  await session.query('VACUUM ANALYZE');
};

// Three minutes on a busy machine.
const timeoutMs = 300_000;

test(
  'whom the dry run says that a statement stops is who waited',
  () =>
    withDatabase((connection) =>
      withSession(connection, async (session) => {
        await arrange(session);
        const compared: Compared[] = [];
        // Whatever a form does is rolled back; those outside a transaction come last.
        const known = {
          catalog: await readCatalog(session),
          contents: [],
          traffic: await readTableStatistics(connection),
        };
        for (const one of cases) compared.push(await compare(connection, session, known, one));

        const disagreements = compared.flatMap(disagreementsOf);
        const lines = compared.map(({ form, table, said, waited }) => {
          const who = waited
            .filter(({ hasWaited }) => hasWaited)
            .map(({ name, longestMs }) => `${name} ${Math.round(longestMs)} ms`);
          return `${form}, ${table}: told ${Math.round(said.heldMs)} ms; ${who.join(', ') || 'nobody waited'}`;
        });
        const observed = compared.flatMap(({ waited }) => waited).length;
        process.stdout.write(
          `${lines.join('\n')}\nforms ${compared.length}, bystanders ${observed}, agreements ${observed - disagreements.length}, disagreements ${disagreements.length}\n`,
        );

        expect(compared.length).toBeGreaterThan(80);
        expect(disagreements).toEqual([]);
        expect(compared.filter(isFarOff).map(({ form, table }) => `${form}, ${table}`)).toEqual([]);
      }),
    ),
  timeoutMs,
);
