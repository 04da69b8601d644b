/** What the tracing of a dry run costs: a migration of 200 statements, run plainly and run traced, in turns and rolled back. */
import { type Session, withSession } from '#adapters/postgres/session/session';
import { inTransaction, rollback } from '#adapters/postgres/session/transaction';
import { runStatements } from '#adapters/postgres/statements/statement-runner';
import type { SqlStatement } from '#domain/migration/migration';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { createTable } from './table';

export type TracingMeasurement = {
  readonly statements: number;
  readonly plainMs: number;
  readonly tracedMs: number;
};

const rounds = 15;
const tables = 40;
const limits = { lockTimeoutMs: 10_000, statementTimeoutMs: 0 };

const arrange = `DO $$ BEGIN FOR number IN 1..${tables} LOOP
  ${createTable}
  EXECUTE format('INSERT INTO bench_%s (id, tenant_id, title) SELECT n, n %% 10, ''title '' || n FROM generate_series(1, 10000) n', number);
END LOOP; END $$`;

/** Five for each table: what migrations mostly are. */
const statementsOf = (table: number): readonly string[] => [
  `ALTER TABLE bench_${table} ADD COLUMN extra text`,
  `UPDATE bench_${table} SET extra = title WHERE tenant_id = 3`,
  `CREATE INDEX extra_${table} ON bench_${table} (extra)`,
  `ALTER TABLE bench_${table} ADD CONSTRAINT amount_${table} CHECK (amount >= 0)`,
  `CREATE TABLE part_${table} (id bigint PRIMARY KEY, whole_id bigint NOT NULL REFERENCES bench_${table})`,
];

const migration: readonly SqlStatement[] = Array.from({ length: tables }, (_, table) => statementsOf(table + 1))
  .flat()
  .map((sql, index) => ({ index, sql, line: index + 1, kind: 'Stmt', node: {}, comment: '' }));

/** When it began, when each statement began, and when the last one ended. */
type Moments = readonly number[];

const runPlainly = async (session: Session): Promise<Moments> => {
  const moments = [performance.now()];
  for (const { sql } of migration) {
    moments.push(performance.now());
    await session.query(sql);
  }
  return [...moments, performance.now()];
};

const runTraced = async (session: Session): Promise<Moments> => {
  const startedAtMs = performance.now();
  const runs = await runStatements(session, migration, { isAlone: true });
  return [startedAtMs, ...runs.map(({ beganAtMs }) => beganAtMs), performance.now()];
};

const stepsBetween = (moments: Moments) => moments.slice(1).map((moment, index) => moment - (moments[index] ?? moment));

/** The fastest of all rounds, step by step: whatever else the machine does only adds, now to this step and now to that. */
const fastest = (rounds: readonly (readonly number[])[]) =>
  (rounds[0] ?? []).reduce((sum, _, step) => sum + Math.min(...rounds.map((times) => times[step] ?? 0)), 0);

const copy = 'bench_copy';

/** `connection` leads to an empty database, which is left full of tables. */
export const measureTracing = async (connection: ConnectionSettings): Promise<TracingMeasurement> => {
  const asked = (database: string, sql: readonly string[]) =>
    withSession({ ...connection, database }, async (session) => {
      for (const one of sql) await session.query(one);
    });
  await asked(connection.database, [arrange, 'VACUUM ANALYZE']);
  // Every time in a new session and on a new copy: a migration finds neither the caches nor the dead rows of an earlier one.
  const timed = async (run: (session: Session) => Promise<Moments>) => {
    const copying = `CREATE DATABASE ${copy} TEMPLATE ${connection.database}`;
    await asked('template1', [`DROP DATABASE IF EXISTS ${copy}`, copying]);
    return withSession(
      { ...connection, database: copy },
      (session) => inTransaction(session, { limits, end: rollback }, async () => stepsBetween(await run(session))),
      { isPipelined: true },
    );
  };
  const plain: (readonly number[])[] = [];
  const traced: (readonly number[])[] = [];
  for (let round = 0; round < rounds; round += 1) {
    plain.push(await timed(runPlainly));
    traced.push(await timed(runTraced));
  }
  return { statements: migration.length, plainMs: fastest(plain), tracedMs: fastest(traced) };
};
