/** A run's progress through the units of its migration: one row per unit, written in the unit's transaction. */
import type { StatementRun } from '#domain/dry-run/measured';
import { MigrationRefused } from '#domain/errors';
import type { KnownRun } from '#domain/ledger/ledger';
import { type PartialApply, progressInWords } from '#domain/ledger/progress';
import { settleCommand } from '#domain/ledger/unresolved';
import { type Unit, unitInWords } from '#domain/migration/units';
import type { Begun } from '../interrupted/leftovers';
import { iso } from '../session/moment';
import type { Session } from '../session/session';
import { recordState } from './version-states';

/** `roll back` and `apply` happen on a target, all others on a branch, which goes when it is over. */
export type Errand = { readonly runId: string; readonly version: string; readonly phase: string };

export type RestartPoint = {
  readonly isDone: boolean;
  /** How to find what an interruption left behind; null for a unit that is one transaction. */
  readonly leftover: Begun | null;
  readonly durationMs: number;
  readonly statements: readonly StatementRun[];
};

/** Null when the unit was never begun. The search_path has to be hidden, in all that follows too. */
export const readPoint = async (session: Session, { runId, phase }: Errand, { index }: Unit) => {
  const { rows } = await session.query<RestartPoint>(
    `SELECT done_at IS NOT NULL AS "isDone", leftover, coalesce(duration_ms, 0)::float8 AS "durationMs",
            coalesce(statements, '[]') AS statements
     FROM migration_checklist.restart_point WHERE run_id = $1 AND phase = $2 AND unit = $3`,
    [runId, phase, index],
  );
  return rows[0] ?? null;
};

export const recordBegun = async (
  session: Session,
  { runId, version, phase }: Errand,
  unit: Unit,
  { units, leftover }: { readonly units: number; readonly leftover: Begun | null },
): Promise<void> => {
  await session.query(
    `INSERT INTO migration_checklist.restart_point
       (run_id, version, phase, unit, description, units, leftover, started_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, pg_catalog.clock_timestamp())`,
    [runId, version, phase, unit.index, unitInWords(unit, units), units, leftover && JSON.stringify(leftover)],
  );
};

export const recordDone = async (
  session: Session,
  { runId, phase }: Errand,
  { index }: Pick<Unit, 'index'>,
  { durationMs, statements }: Pick<RestartPoint, 'durationMs' | 'statements'>,
): Promise<void> => {
  await session.query(
    `UPDATE migration_checklist.restart_point
     SET done_at = pg_catalog.clock_timestamp(), duration_ms = $4, statements = $5
     WHERE run_id = $1 AND phase = $2 AND unit = $3`,
    [runId, phase, index, durationMs, JSON.stringify(statements)],
  );
};

/** Deletes the restart point of a unit that has left nothing behind. */
export const forgetBegun = async (session: Session, { runId, phase }: Errand, index: number): Promise<void> => {
  await session.query(
    `DELETE FROM migration_checklist.restart_point WHERE run_id = $1 AND phase = $2 AND unit = $3 AND done_at IS NULL`,
    [runId, phase, index],
  );
};

/** Reads the units of an errand that were begun and are not done; at most one. */
export const readBegun = async (session: Session, { runId, phase }: Errand) => {
  const { rows } = await session.query<{ index: number; leftover: Begun | null }>(
    `SELECT unit AS index, leftover FROM migration_checklist.restart_point
     WHERE run_id = $1 AND phase = $2 AND done_at IS NULL ORDER BY unit`,
    [runId, phase],
  );
  return rows;
};

/** Reads the committed units of migrations that are not in the ledger, this run's and others'. */
export const readProgress = async (session: Session): Promise<readonly PartialApply[]> => {
  const { rows } = await session.query<PartialApply>(
    `SELECT version, run_id AS "runId", units, pg_catalog.array_agg(description ORDER BY unit) AS committed
     FROM migration_checklist.restart_point p
     WHERE phase = 'apply' AND done_at IS NOT NULL AND undone_at IS NULL
       AND NOT EXISTS (SELECT FROM migration_checklist.ledger l WHERE l.run_id = p.run_id AND l.version = p.version)
     GROUP BY version, run_id, units ORDER BY min(started_at)`,
  );
  return rows;
};

/** Refuses to build on a partly applied migration. Errors: MigrationRefused. */
export const refuseBesideOther = async (session: Session, runId: string): Promise<void> => {
  const other = (await readProgress(session)).find((progress) => progress.runId !== runId);
  if (other)
    throw new MigrationRefused(
      `version ${other.version} of run ${other.runId} is ${progressInWords(other)}; take back what stands, as its rollback section says, or complete it, then say so: ${settleCommand(other.version)}`,
    );
};

/** Reads the units of a run that were begun, rolled back or not. */
export const readUnits = async (session: Session, { runId, version }: Omit<Errand, 'phase'>) =>
  (
    await session.query<{ unit: number }>(
      `SELECT unit FROM migration_checklist.restart_point WHERE run_id = $1 AND version = $2 AND phase = 'apply'`,
      [runId, version],
    )
  ).rows;

/** Marks all of a run's units as rolled back by the run `by`; returns when, by the database's clock. */
export const markUndone = async (session: Session, run: KnownRun, by: string): Promise<string> => {
  const { rows } = await session.query<{ at: string }>(
    `UPDATE migration_checklist.restart_point SET undone_at = pg_catalog.clock_timestamp()
     WHERE run_id = $1 AND version = $2 AND phase = 'apply' RETURNING ${iso('undone_at')} AS at`,
    [run.runId, run.version],
  );
  await recordState(session, run, { state: 'rolled back', reason: 'its committed units were undone', by });
  return rows[0]?.at ?? '';
};

/** Reads when a run's units were rolled back; null when they were not, or when there are none. */
export const readUndone = async (session: Session, { runId, version }: Omit<Errand, 'phase'>) => {
  const { rows } = await session.query<{ at: string | null }>(
    `SELECT ${iso('max(undone_at)')} AS at FROM migration_checklist.restart_point
     WHERE run_id = $1 AND version = $2 AND phase = 'apply'`,
    [runId, version],
  );
  return rows[0]?.at ?? null;
};
