/** Runs statements on a branch, each phase of a rehearsal exactly once: what was measured is committed with them. */
import type { SqlStatement } from '../../domain/migration/migration';
import type { ConnectionSettings, StatementLimits, StatementRun } from '../../ports';
import { inMigrationTransaction } from './migration-transaction';
import { ensureOwnSchema } from './own-schema';
import type { Session } from './session';

/** Only ever made on branches, and gone with them. */
const table = `CREATE TABLE IF NOT EXISTS migration_checklist.rehearsal (
  phase text NOT NULL,
  statements jsonb NOT NULL,
  CONSTRAINT rehearsal_pkey PRIMARY KEY (phase)
)`;

const readPhase = async (session: Session, phase: string): Promise<readonly StatementRun[] | null> => {
  const { rows } = await session.query<{ statements: readonly StatementRun[] }>(
    'SELECT statements FROM migration_checklist.rehearsal WHERE phase = $1',
    [phase],
  );
  return rows[0]?.statements ?? null;
};

/**
 * Runs the statements in one transaction and commits. A phase that was committed before is not run again, its measurements are
 * returned: whoever was killed in the middle of a rehearsal starts it again. Errors as inMigrationTransaction.
 */
export const rehearse = async (
  connection: ConnectionSettings,
  phase: string,
  statements: readonly SqlStatement[],
  limits: StatementLimits,
): Promise<readonly StatementRun[]> => {
  const { result } = await inMigrationTransaction(
    connection,
    { limits, exactCounts: true },
    async ({ session, run }) => {
      await ensureOwnSchema(session);
      await session.query(table);
      const earlier = await readPhase(session, phase);
      if (earlier) return earlier;
      const { measured } = await run(statements);
      await session.query('INSERT INTO migration_checklist.rehearsal (phase, statements) VALUES ($1, $2)', [
        phase,
        JSON.stringify(measured),
      ]);
      return measured;
    },
  );
  return result;
};
