/** What the tracing of a dry run costs: a migration of 200 statements, run plainly and run traced, in turns and rolled back. */
import { type Session, withSession } from '../lambdas/adapters/postgres/session';
import { runStatements } from '../lambdas/adapters/postgres/statement-runner';
import { inTransaction, rollback } from '../lambdas/adapters/postgres/transaction';
import type { SqlStatement } from '../lambdas/domain/migration/migration';
import type { ConnectionSettings } from '../lambdas/ports';
import { createTable } from './table';

export type TracingMeasurement = {
  readonly statements: number;
  /** Of the fastest round each: whatever else the machine does only adds. */
  readonly plainMs: number;
  readonly tracedMs: number;
};

const rounds = 9;
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

const runPlainly = async (session: Session) => {
  for (const { sql } of migration) await session.query(sql);
};

/** `connection` leads to an empty database, which is left full of tables. */
export const measureTracing = async (connection: ConnectionSettings): Promise<TracingMeasurement> => {
  await withSession(connection, (session) => session.query(arrange));
  // Every time in a new session: a migration never finds the caches of an earlier one.
  const timed = (run: (session: Session) => Promise<unknown>) =>
    withSession(connection, (session) =>
      inTransaction(session, { limits, end: rollback }, async () => {
        const startedAtMs = performance.now();
        await run(session);
        return performance.now() - startedAtMs;
      }),
    );
  const plain: number[] = [];
  const traced: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    plain.push(await timed(runPlainly));
    traced.push(await timed((session) => runStatements(session, migration, { isAlone: true })));
  }
  return { statements: migration.length, plainMs: Math.min(...plain), tracedMs: Math.min(...traced) };
};
