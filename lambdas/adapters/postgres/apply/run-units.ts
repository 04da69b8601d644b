/**
 * Runs a migration, or its rollback, unit by unit. Each commit records its unit, so that the next attempt after an interruption
 * continues after it. An ordinary migration is one unit: one transaction, which also records its end.
 */
import type { DoorWork } from '#domain/doors/choose';
import type { StatementRun } from '#domain/dry-run/measured';
import { ChecklistError } from '#domain/errors';
import type { SqlStatement } from '#domain/migration/migration';
import { splitIntoUnits, type Unit, unitInWords } from '#domain/migration/units';
import type { StatementLimits } from '#lambdas/ports/database';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { holdForSession, lockDoor } from '../doors/tool-row';
import { settleLeftover } from '../interrupted/settle-leftovers';
import { ensureOwnSchema, lockLedger, lockLedgerForSession } from '../own-schema/own-schema';
import { type Errand, forgetBegun, readPoint, recordBegun, recordDone } from '../own-schema/restart-points';
import { type Session, withOwnSession } from '../session/session';
import { commitForCertain, inTransaction } from '../session/transaction';
import { isNothingToTakeBack } from '../statements/statement-runner';
import { inMigrationTransaction } from './migration-transaction';
import { runOutside } from './run-outside';

export type UnitWork<T> = Errand & {
  readonly statements: readonly SqlStatement[];
  readonly limits: StatementLimits;
  readonly exactCounts: boolean;
  readonly isFromMiddle: boolean;
  /** False when `finish` of a single unit leaves the record itself. */
  readonly keepsSinglePoint: boolean;
  /** What cannot be done while another session changes the ledger. */
  readonly purpose: string;
  /** Another tool's table, which is locked before the first statement of each transaction; undefined where there is none. */
  readonly door: DoorWork | undefined;
  /** Called before each unit, under the ledger's lock; not null when nothing is left to do. */
  settled(session: Session): Promise<T | null>;
  /** Called in the last unit's transaction, or in the one that records its end. */
  finish(session: Session, durationMs: number): Promise<T>;
};

export type Finished<T> = {
  readonly result: T;
  readonly wasFinishedBefore: boolean;
  readonly statements: readonly StatementRun[];
};

type Measured = { readonly durationMs: number; readonly statements: readonly StatementRun[] };

/** The outcome of a unit; `result` is null while others follow. */
type Step<T> = Measured & { readonly result: T | null; readonly wasFinishedBefore: boolean };

type UnitPosition = {
  readonly unit: Unit;
  readonly units: number;
  readonly isLast: boolean;
  readonly keepsPoint: boolean;
  /** The duration of the earlier units together. */
  readonly sinceMs: number;
};

const nothing: Measured = { durationMs: 0, statements: [] };

/** Null when the unit has to be run. */
const earlierStep = async <T>(session: Session, work: UnitWork<T>, position: UnitPosition): Promise<Step<T> | null> => {
  const settled = await work.settled(session);
  if (settled !== null) return { ...nothing, result: settled, wasFinishedBefore: true };
  const point = position.keepsPoint ? await readPoint(session, work, position.unit) : null;
  if (!point?.isDone) return null;
  const { durationMs, statements } = point;
  const result = position.isLast ? await work.finish(session, position.sinceMs + durationMs) : null;
  return { durationMs, statements, result, wasFinishedBefore: false };
};

const noteEnd = async <T>(
  session: Session,
  work: UnitWork<T>,
  position: UnitPosition,
  measured: Measured,
): Promise<T | null> => {
  if (position.keepsPoint) await recordDone(session, work, position.unit, measured);
  return position.isLast ? work.finish(session, position.sinceMs + measured.durationMs) : null;
};

const runTransaction = async <T>(
  connection: ConnectionSettings,
  work: UnitWork<T>,
  position: UnitPosition,
): Promise<Step<T>> => {
  const { unit, keepsPoint } = position;
  const { result: step, statements } = await inMigrationTransaction(connection, work, async ({ session, run }) => {
    await lockLedger(session, work.purpose);
    await ensureOwnSchema(session);
    if (work.door) await lockDoor(session, work.door);
    const earlier = await earlierStep(session, work, position);
    if (earlier) return earlier;
    const { durationMs, measured } = await run(unit.statements, unit.settings);
    if (keepsPoint) await recordBegun(session, work, unit, { units: position.units, leftover: null });
    const result = await noteEnd(session, work, position, { durationMs, statements: measured });
    return { result, durationMs, statements: measured, wasFinishedBefore: false };
  });
  // How long locks were held is known only after the commit; the record that was written with it does not include the commit.
  return { ...step, statements: keepsPoint || statements.length === 0 ? step.statements : statements };
};

/**
 * After a failure nothing may be left half-done, or the message says so. Errors: the failure, when the statement had not
 * finished.
 */
const afterFailure = async <T>(own: Session, work: UnitWork<T>, unit: Unit, failure: unknown): Promise<Measured> => {
  try {
    const begun = await readPoint(own, work, unit);
    if (!begun?.leftover) throw failure;
    const settled = await settleLeftover(own, begun.leftover);
    if (settled === 'done' || (work.isFromMiddle && isNothingToTakeBack(failure))) return nothing;
    await forgetBegun(own, work, unit.index);
  } catch (error) {
    if (error !== failure && failure instanceof ChecklistError)
      failure.message += `; what it left behind could not be removed yet (${(error as Error).message})`;
    throw failure;
  }
  if (failure instanceof ChecklistError) failure.message += '; the statement left nothing behind';
  throw failure;
};

const runOutsideUnit = async <T>(
  own: Session,
  connection: ConnectionSettings,
  work: UnitWork<T>,
  position: UnitPosition,
) => {
  const unit = position.unit as Unit & { outside: NonNullable<Unit['outside']> };
  const point = await readPoint(own, work, unit);
  if (point?.leftover) {
    // An interrupted attempt began it. Nobody knows how long it took.
    if ((await settleLeftover(own, point.leftover)) === 'done') return nothing;
    await forgetBegun(own, work, unit.index);
  }
  try {
    const run = await runOutside(connection, own, unit, work, (leftover) =>
      recordBegun(own, work, unit, { units: position.units, leftover }),
    );
    return { durationMs: Math.round(run.durationMs), statements: [run] };
  } catch (error) {
    return afterFailure(own, work, unit, error);
  }
};

/**
 * 60 s: this session looks four times a second while the statement runs. When it is silent for so long, its process is frozen or
 * cut off, and must not hold the ledger's lock against the session that reads the outcome.
 */
const silenceMs = 60_000;

const runOutsideTransaction = <T>(
  connection: ConnectionSettings,
  work: UnitWork<T>,
  position: UnitPosition,
): Promise<Step<T>> =>
  withOwnSession(
    connection,
    async (own) => {
      await own.query(`SET idle_session_timeout = ${silenceMs}`);
      await lockLedgerForSession(own, work.purpose);
      if (work.door) await holdForSession(own, work.door);
      const inOwnTransaction = <R>(act: () => Promise<R>) =>
        inTransaction(own, { limits: work.limits, end: commitForCertain }, act);
      const earlier = await inOwnTransaction(async () => {
        await ensureOwnSchema(own);
        return earlierStep(own, work, position);
      });
      if (earlier) return earlier;
      const measured = await runOutsideUnit(own, connection, work, position);
      const result = await inOwnTransaction(async () => {
        if (work.door && position.isLast) await lockDoor(own, work.door);
        return noteEnd(own, work, position, measured);
      });
      return { ...measured, result, wasFinishedBefore: false };
    },
    { holdsLocks: true },
  );

/** Shifts a unit's times, which count from its own start, to the start of the migration. */
const later =
  (ms: number) =>
  (run: StatementRun): StatementRun => ({
    ...run,
    startedAtMs: run.startedAtMs + ms,
    locks: run.locks.map((lock) => ({ ...lock, fromMs: lock.fromMs + ms })),
  });

/** Adds the committed units to the message of a later unit's error. */
const addCommittedUnits = (error: unknown, before: readonly Unit[], units: number): unknown => {
  const [first] = before;
  if (first && error instanceof ChecklistError)
    error.message += `; committed before it: ${before.map((unit) => `unit ${unitInWords(unit, units)}`).join(', ')}`;
  return error;
};

/**
 * Errors: StatementFailed, LockNotAvailable, MigrationRefused, OutcomeUnknown, DatabaseUnreachable; after an error in
 * a later unit the earlier ones stay committed, and a second attempt continues after them.
 */
export const runUnits = async <T>(connection: ConnectionSettings, work: UnitWork<T>): Promise<Finished<T>> => {
  const units = splitIntoUnits(work.statements);
  const keepsPoint = work.keepsSinglePoint || units.length > 1 || units[0]?.outside !== null;
  const statements: StatementRun[] = [];
  let sinceMs = 0;
  for (const unit of units) {
    const position = { unit, units: units.length, isLast: unit.index === units.length - 1, keepsPoint, sinceMs };
    const run = unit.outside ? runOutsideTransaction : runTransaction;
    const step = await run(connection, work, position).catch((error: unknown) => {
      throw addCommittedUnits(error, units.slice(0, unit.index), units.length);
    });
    statements.push(...step.statements.map(later(sinceMs)));
    sinceMs += step.durationMs;
    if (step.result !== null) return { result: step.result, wasFinishedBefore: step.wasFinishedBefore, statements };
  }
  throw new Error('the migration has no statements to run');
};
