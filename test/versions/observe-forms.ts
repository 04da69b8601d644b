/** Runs the forms of the table and returns how the dry run grades each. */
import { type Session, withSession } from '#adapters/postgres/session/session';
import { inTransaction, rollback } from '#adapters/postgres/session/transaction';
import { closeRuns, runStatements } from '#adapters/postgres/statements/statement-runner';
import { watchStatement } from '#adapters/postgres/statements/watch-statement';
import { gradeStatements } from '#domain/dry-run/grade-statements';
import type { StatementRun } from '#domain/dry-run/measured';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { limits, statements } from '#test/postgres/database-arrangements';
import { arrangement, forms, formsOutside, type StatementForm } from './statement-forms';
import { whileOthersWrite } from './while-others-write';

type Indexes = ReadonlyMap<string, string>;

const indexesIn = async (session: Session): Promise<Indexes> => {
  const { rows } = await session.query<{ index: string; table: string }>(
    "SELECT schemaname || '.' || indexname AS index, schemaname || '.' || tablename AS table FROM pg_indexes",
  );
  return new Map(rows.map(({ index, table }) => [index, table]));
};

const describeRuns = (runs: readonly StatementRun[], indexes: Indexes) => {
  const [assessed] = gradeStatements(runs, { tableOfIndex: (index) => indexes.get(index) ?? null, traffic: [] });
  const locks = (assessed?.locks ?? []).map(({ relation, mode }) => [relation.replace('public.', ''), mode]);
  return { class: assessed?.class, locks: Object.fromEntries(locks) };
};

const runForm = (session: Session, { sql }: StatementForm) =>
  inTransaction(session, { limits, end: rollback }, async () => {
    await session.query('SET LOCAL max_parallel_maintenance_workers = 0');
    return closeRuns(await runStatements(session, statements(sql), { isAlone: true }), performance.now());
  });

/** Of the locks only those on tables: an index that is about to go is locked for a moment, which may be seen or not. */
const runOutside = async (connection: ConnectionSettings, form: (typeof formsOutside)[number], indexes: Indexes) =>
  withSession(connection, (worker) =>
    withSession(connection, async (witness) => {
      const { watched } = await whileOthersWrite(connection, form.table, { worker, witness }, () =>
        watchStatement({ worker, witness, isAlone: true }, () => worker.query(form.sql)),
      );
      const run = { index: 0, line: 1, summary: form.sql, rowsAffected: null, ...watched };
      return [{ ...run, locks: run.locks.filter(({ relation }) => !indexes.has(relation)) }];
    }),
  );

/** `connection` leads to an empty database. Expected and observed have the same shape, by form. */
export const observeForms = async (connection: ConnectionSettings) =>
  withSession(connection, async (session) => {
    await session.query("SET timezone = 'UTC'");
    await session.query(arrangement);
    await session.query('VACUUM ANALYZE');
    const indexes = await indexesIn(session);
    const { rows } = await session.query<{ version: number }>(
      "SELECT current_setting('server_version_num')::int / 10000 AS version",
    );
    const observed: Record<string, unknown> = {};
    for (const form of forms) observed[form.form] = describeRuns(await runForm(session, form), indexes);
    for (const form of formsOutside)
      observed[form.form] = describeRuns(await runOutside(connection, form, indexes), indexes);
    return { observed, version: rows[0]?.version };
  });
