/** Reads all that our schema knows of the versions, and writes what a person has decided of one. */
import { MigrationRefused } from '#domain/errors';
import { isRowOf, type LedgerEntry, type RunIdentity } from '#domain/ledger/ledger';
import { type LedgerState, ledgerStates, type StateRecord, stateInWords } from '#domain/ledger/states';
import { doorInWords } from '#domain/ledger/tool-row';
import type { Database, TargetState } from '#lambdas/ports/database';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { settleToolRow } from '../doors/settle-tool-row';
import { iso } from '../session/moment';
import { type Session, withOwnSession } from '../session/session';
import { readHolder } from './lease';
import { insertEntry, readRows, readVersion, unlessMissing } from './ledger';
import { readProgress } from './restart-points';
import { hasStates, inLedger, recordState } from './version-states';

type Other = TargetState['others'][number];
type Stored = RunIdentity & StateRecord;

const lastStates = async (session: Session): Promise<readonly Stored[]> => {
  if (!(await hasStates(session))) return [];
  const { rows } = await session.query<Stored>(
    `SELECT DISTINCT ON (version, run_id) version, run_id AS "runId", migration, sha256, owner, state, reason, recorded_by AS by,
            ${iso('since')} AS since
     FROM migration_checklist.version_state ORDER BY version, run_id, step DESC`,
  );
  return rows;
};

const sinceOf = async (session: Session, { version, runId }: Pick<RunIdentity, 'version' | 'runId'>) => {
  const { rows } = await session.query<{ since: string }>(
    `SELECT ${iso('max(done_at)')} AS since FROM migration_checklist.restart_point
     WHERE version = $1 AND run_id = $2 AND phase = 'apply'`,
    [version, runId],
  );
  return rows[0]?.since ?? '';
};

/** What was recorded before its units were committed says nothing of them. */
const beforeUnits: readonly LedgerState[] = ['being prepared', 'applied', 'partly applied'];

const readOthers = async (session: Session, ledger: readonly LedgerEntry[]): Promise<readonly Other[]> => {
  const states = (await lastStates(session)).filter((one) => !ledger.some((row) => isRowOf(row, one)));
  const parts = await unlessMissing(() => readProgress(session), []);
  const known = states.map(({ state, reason, by, since, ...run }): Other => {
    const progress = parts.find(({ version, runId }) => version === run.version && runId === run.runId) ?? null;
    return { ...run, progress, state: { state, reason, by, since } };
  });
  const unknown = parts
    .filter(({ version, runId }) => !states.some((one) => one.version === version && one.runId === runId))
    .map((progress): Other => {
      const { version, runId } = progress;
      const state = { state: 'partly applied', reason: '', by: runId, since: '' } as const;
      return { version, runId, migration: `version ${version}`, sha256: '', progress, state };
    });
  return Promise.all(
    [...known, ...unknown].map(async (one): Promise<Other> => {
      if (one.progress === null || !beforeUnits.includes(one.state.state)) return one;
      return { ...one, state: { ...one.state, state: 'partly applied', since: await sinceOf(session, one) } };
    }),
  );
};

export const readTargetState = (connection: ConnectionSettings): Promise<TargetState> =>
  withOwnSession(connection, async (session) => {
    const ledger = await unlessMissing(() => readRows(session), []);
    return {
      ledger,
      others: await readOthers(session, ledger),
      lease: await unlessMissing(() => readHolder(session), null),
    };
  });

const markUnits = async (session: Session, { version, runId }: RunIdentity): Promise<void> => {
  await session.query(
    `UPDATE migration_checklist.restart_point SET undone_at = pg_catalog.clock_timestamp()
     WHERE version = $1 AND run_id = $2 AND phase = 'apply' AND undone_at IS NULL`,
    [version, runId],
  );
};

const markRow = async (session: Session, { version, runId }: RunIdentity): Promise<void> => {
  await session.query(
    `UPDATE migration_checklist.ledger SET rolled_back_at = pg_catalog.clock_timestamp()
     WHERE version = $1 AND run_id = $2 AND rolled_back_at IS NULL`,
    [version, runId],
  );
};

const standAgain = async (
  session: Session,
  run: RunIdentity,
  { by, catalogFingerprint }: Parameters<Database['settle']>[2],
): Promise<void> => {
  const own = (await readVersion(session, run.version)).find((row) => isRowOf(row, run));
  if (!own) await insertEntry(session, { ...run, appliedBy: by, durationMs: 0 });
  await session.query(
    `UPDATE migration_checklist.ledger SET rolled_back_at = NULL, catalog_fingerprint = coalesce($3, catalog_fingerprint)
     WHERE version = $1 AND run_id = $2`,
    [run.version, run.runId, catalogFingerprint],
  );
};

/** The clause to append to the reason; empty where no other tool keeps a row of it. */
const settleOtherTool = async (
  session: Session,
  { version, runId }: RunIdentity,
  { as }: Parameters<Database['settle']>[2],
): Promise<string> => {
  const rows = await readRows(session);
  const own = rows.find((row) => row.version === version && row.runId === runId)?.toolRow;
  if (!own) {
    const known = rows.findLast(({ toolRow }) => toolRow)?.toolRow;
    return known ? `; ${doorInWords(known)} was left as it is: the ledger has kept no row of this version` : '';
  }
  const earlier = rows.findLast(
    ({ version: other, rolledBackAt, toolRow }) =>
      other !== version && rolledBackAt === null && toolRow?.schema === own.schema && toolRow.table === own.table,
  );
  return `; ${await settleToolRow(session, { as, own, earlier: earlier?.toolRow ?? null })}`;
};

export const settle = (
  connection: ConnectionSettings,
  run: RunIdentity,
  decision: Parameters<Database['settle']>[2],
): Promise<StateRecord> =>
  inLedger(connection, `version ${run.version} could not be settled`, async (session) => {
    if (decision.as === 'standing') await standAgain(session, run, decision);
    else {
      await markRow(session, run);
      await markUnits(session, run);
    }
    const state = decision.as === 'standing' ? 'settled as standing' : 'settled as rolled back';
    const reason = `${decision.reason}${await settleOtherTool(session, run, decision)}`;
    await recordState(session, run, { state, reason, by: decision.by });
    await session.query('DELETE FROM migration_checklist.lease WHERE run_id = $1', [run.runId]);
    const last = (await lastStates(session)).find((one) => one.version === run.version && one.runId === run.runId);
    if (last?.state === state) return { state, reason: last.reason, by: last.by, since: last.since };
    const allowed = ledgerStates[state].after.join(', ');
    throw new MigrationRefused(
      `nothing was settled: ${last ? stateInWords(run.migration, run.runId, last) : `the ledger knows nothing of ${run.migration}`}; expected one of: ${allowed}`,
    );
  });
