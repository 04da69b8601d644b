/** A migration made ready, and its scripts run one at a time, each in a session as good as new. */
import { isLostSession, type Session, sqlStateOf, withSession } from '#adapters/postgres/session/session';
import type { Catalog } from '#domain/catalog/catalog';
import { knownReachOf } from '#domain/catalog/known-reach';
import type { FolderMigration, Script } from '#domain/folders/folder';
import { piecesOf } from '#domain/folders/pieces';
import { untriedInWords, untriedWithoutRows } from '#domain/folders/untried-without-rows';
import { reachedNow, reachOf } from '#domain/sql/reach';
import type { KnownReach } from '#domain/sql/reach-in-code';
import { isKeptIn, reachedInWords } from '#domain/sql/reach-table';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { emptyTablesOf } from './empty-tables';
import type { RehearsalGround, State } from './rehearse-migration';
import { runScript, type ScriptRun } from './run-script';

/** A script with its statements, and what of them reaches beyond their database when they run. */
export const prepare = async (script: Script, known: KnownReach) => {
  const pieces = await piecesOf(script);
  return { script, pieces, reach: reachedNow(reachOf(pieces, known)) };
};

export type Prepared = Awaited<ReturnType<typeof prepare>>;

export type Plan = {
  readonly migration: FolderMigration;
  readonly up: Prepared;
  readonly down: Prepared | null;
  /** Roles belong to the server: a copy that depends on a role would prevent dropping the role. */
  readonly isInPlace: boolean;
};

export const planOf = async (
  { isServerOurs }: RehearsalGround,
  { catalog }: State,
  migration: FolderMigration,
): Promise<Plan> => {
  const known = knownReachOf(catalog);
  const up = await prepare(migration.up, known);
  const down = migration.down && (await prepare(migration.down, known));
  return { migration, up, down, isInPlace: isServerOurs && up.reach.length + (down?.reach.length ?? 0) > 0 };
};

/** The text of the way forward and of the way back. */
export const textOf = ({ up, down }: Plan) => [...up.pieces, ...(down?.pieces ?? [])].map(({ sql }) => sql).join('\n');

/** Runs in a fresh session: nothing of an earlier script is left in it, and this script leaves nothing for the next. */
export const run = async (
  { databases, statementTimeoutMs, serverVersion, isServerOurs }: RehearsalGround,
  database: ConnectionSettings,
  session: Session,
  { script, pieces, reach }: Prepared,
): Promise<ScriptRun> => {
  const beyond = reach.find(({ reached }) => !isKeptIn(isServerOurs ? 'own' : 'shared', reached));
  if (beyond) {
    const advice = isKeptIn('own', beyond.reached)
      ? 'rehearse this migration on the embedded server, without --database-url'
      : 'no rehearsal keeps that in, so it is not rehearsed; run it by hand where it may act';
    const message = `${beyond.what} would reach ${reachedInWords[beyond.reached]} and not only the copy; ${advice}`;
    return { failure: { sqlState: null, file: script.fileName, line: beyond.line, message }, notes: [] };
  }
  const limits = { statementTimeoutMs, serverVersion, endSessions: () => databases.endSessions(database) };
  try {
    const outcome = await runScript(session, script, pieces, limits);
    if (!outcome.failure) await session.query('DISCARD ALL');
    return outcome;
  } catch (error) {
    if (!isLostSession(error)) throw error;
    // Between statements: another session, or the server itself, ended this one.
    const message = `the session was lost after the last statement: ${(error as Error).message}`;
    return { failure: { sqlState: sqlStateOf(error), file: script.fileName, line: null, message }, notes: [] };
  }
};

/** Runs a script, and says what could not be tried on tables without rows. `catalog` is the schema before it. */
export const runAndTell = async (
  ground: RehearsalGround,
  database: ConnectionSettings,
  session: Session,
  catalog: Catalog,
  prepared: Prepared,
): Promise<ScriptRun> => {
  const untried = ground.wasTriedOnRows ? [] : untriedWithoutRows(prepared.pieces);
  const empty = await emptyTablesOf(
    session,
    catalog,
    untried.map(({ table }) => table),
  );
  const { failure, notes } = await run(ground, database, session, prepared);
  return {
    failure,
    notes: [...notes, ...untriedInWords(prepared.script.fileName, untried, (table) => empty.has(table))],
  };
};

/** Applies a migration without rehearsing it, in the state's own database. */
export const applyOnly = async (
  ground: RehearsalGround,
  { database, catalog }: State,
  migration: FolderMigration,
): Promise<ScriptRun> => {
  const up = await prepare(migration.up, knownReachOf(catalog));
  return withSession(database, (session) => run(ground, database, session, up));
};
