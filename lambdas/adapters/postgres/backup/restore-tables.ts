/** Restores single tables of a backup into a database that is in use: all in one transaction, or nothing. */
import type { TableCopy } from '#domain/backup/backup';
import { piecesByTable, tableOf } from '#domain/backup/manifest';
import type { Progress } from '#domain/backup/progress';
import { type Although, tableFaults } from '#domain/backup/restore-target';
import { VerificationFailed } from '#domain/errors';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import type { Clock } from '#lambdas/ports/ports';
import { isLockFailure, isLostSession, type Session, sqlStateOf, withOwnSession } from '../session/session';
import { withReadingSession } from './backup-session';
import { copyRows } from './copy-rows';
import { makeRoles } from './make-roles';
import { defaultLockTimeoutMs } from './open-dump';
import { DumpUnusable, readDump } from './read-dump';
import { readRestoreTarget } from './read-restore-target';
import { fillTables } from './restore-rows';
import { listSavedTables } from './saved-tables';
import { setSequence } from './sequences';
import { readSavedContents, type StoredFolder } from './stored-folder';
import { readTableScripts, type TableScripts } from './table-scripts';

export type RestoredTables = {
  readonly tables: readonly TableCopy[];
  /** Foreign keys of other tables, `name of table`. */
  readonly putBack: readonly string[];
  /** What fell with the tables and is not back, one sentence each. */
  readonly missing: readonly string[];
  readonly madeRoles: readonly string[];
};

async function* inOne(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}

/** The limits are ours: others wait behind what waits for a lock. */
const isLimit = (sql: string) => /^SET (lock|statement|transaction|idle_in_transaction_session)_timeout = /.test(sql);

const foreignKey = /^ALTER TABLE (?:ONLY )?(\S+)\s+ADD CONSTRAINT (\S+) FOREIGN KEY /;

/** What a statement lacks of the target is told, and the table stands without it. Null when it ran. */
const tryInSavepoint = async (session: Session, sql: string): Promise<string | null> => {
  await session.query('SAVEPOINT one');
  try {
    await session.query(sql);
    return null;
  } catch (error) {
    if (sqlStateOf(error) === null || isLockFailure(error) || isLostSession(error)) throw error;
    await session.query('ROLLBACK TO SAVEPOINT one');
    return (error as Error).message;
  }
};

const runScript = async (session: Session, text: string): Promise<readonly string[]> => {
  const missing: string[] = [];
  for await (const part of readDump(inOne(text))) {
    if (part.kind !== 'statement' || isLimit(part.sql)) continue;
    const [, table, name] = foreignKey.exec(part.sql) ?? [];
    if (name !== undefined) {
      const refused = await tryInSavepoint(session, part.sql);
      if (refused !== null)
        missing.push(`foreign key ${name} of ${table}: ${refused}; add it with: ${onOne(part.sql)}`);
      continue;
    }
    try {
      await session.query(part.sql);
    } catch (error) {
      if (sqlStateOf(error) === null || isLockFailure(error) || isLostSession(error)) throw error;
      throw new DumpUnusable(`"${onOne(part.sql).slice(0, 120)}" did not run: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }
  return missing;
};

const onOne = (sql: string) => sql.replaceAll(/\s+/g, ' ').trim();

const requireAbsent = async (session: Session, names: readonly string[]) => {
  const { rows } = await session.query<{ name: string }>(
    'SELECT name FROM unnest($1::text[]) AS t(name) WHERE to_regclass(name) IS NOT NULL',
    [names],
  );
  if (rows.length > 0)
    throw new VerificationFailed(
      `nothing was restored: ${rows.map(({ name }) => name).join(', ')} is there already; rename it or drop it first, so that no row of it is lost unseen`,
    );
};

const putBackKeys = async (session: Session, { towards }: TableScripts) => {
  const [putBack, missing]: [string[], string[]] = [[], []];
  for (const { table, name, sql } of towards) {
    const { rows } = await session.query<{ isThere: boolean }>(
      'SELECT EXISTS (SELECT FROM pg_constraint WHERE conrelid = to_regclass($1) AND quote_ident(conname) = $2) AS "isThere"',
      [table, name],
    );
    if (rows[0]?.isThere) continue;
    const refused = await tryInSavepoint(session, sql);
    if (refused === null) putBack.push(`${name} of ${table}`);
    else missing.push(`foreign key ${name} of ${table}: ${refused}; add it with: ${onOne(sql)}`);
  }
  return { putBack, missing };
};

const missingDependents = async (session: Session, { dependents }: TableScripts): Promise<readonly string[]> => {
  const { rows } = await session.query<{ relation: string }>(
    'SELECT name AS relation FROM unnest($1::text[]) AS t(name) WHERE to_regclass(name) IS NULL',
    [dependents.map(({ relation }) => relation)],
  );
  return dependents
    .filter(({ relation }) => rows.some((row) => row.relation === relation))
    .map(
      ({ description }) =>
        `${description}: it needs a restored table and is not there; its definition is in the backup's schema`,
    );
};

const readAgain = async (
  session: Session,
  folder: StoredFolder,
  { tables }: TableScripts,
): Promise<readonly TableCopy[]> => {
  const saved = piecesByTable(folder.manifest);
  const found: TableCopy[] = [];
  for (const { name, read } of await listSavedTables(session)) {
    const pieces = saved.get(name);
    if (!tables.includes(name) || !pieces) continue;
    const copying = copyRows(
      session,
      read,
      pieces.slice(0, -1).map(({ sizeBytes }) => sizeBytes),
    );
    let next = await copying.next();
    while (!next.done) next = await copying.next();
    const [before, after] = [tableOf(name, pieces), tableOf(name, next.value)];
    if (before.rows !== after.rows || before.sha256 !== after.sha256)
      throw new VerificationFailed(
        `nothing was restored: table ${name} had ${before.rows} rows with sha256 ${before.sha256}, and has ${after.rows} with ${after.sha256} after the restore`,
      );
    found.push(after);
  }
  return found;
};

/**
 * Foreign keys of other tables that fell with these are put back; what cannot be is named. Errors: InvalidInput, DumpUnusable,
 * VerificationFailed, LockNotAvailable, StoreFailed, DatabaseUnreachable; nothing is changed then.
 */
export const restoreTables = async (
  connection: ConnectionSettings,
  folder: StoredFolder,
  options: {
    readonly tables: readonly string[];
    readonly although: Although;
    readonly clock: Clock;
    readonly onProgress?: (progress: Progress) => void;
  },
): Promise<RestoredTables> => {
  const target = await readRestoreTarget(connection);
  const faults = tableFaults(target, folder.manifest.source, options.although);
  if (faults.length > 0)
    throw new VerificationFailed(`nothing was restored into the database "${target.database}": ${faults.join('; ')}`);
  const saved = await readSavedContents(folder);
  const madeRoles = await withOwnSession(connection, (session) => makeRoles(session, folder));
  const scripts = await readTableScripts(connection, folder, options.tables, options.clock);
  const isWanted = (table: string) => scripts.tables.includes(table);
  const files = folder.manifest.rows.filter(({ parts }) => parts.some(({ table }) => isWanted(table)));
  const parts = files.flatMap((file) => file.parts).filter(({ table }) => isWanted(table));
  options.onProgress?.({ bytes: 0, rows: 0, totalBytes: parts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) });
  return withReadingSession(connection, async (session) => {
    await requireAbsent(session, [...scripts.tables, ...scripts.sequences]);
    await session.query(`BEGIN; SET LOCAL lock_timeout = ${defaultLockTimeoutMs}`);
    try {
      await runScript(session, scripts.before);
      const onBytes = (bytes: number) => options.onProgress?.({ bytes, rows: 0 });
      await fillTables(session, files, { folder, leftOut: [], onBytes }, isWanted);
      for (const value of saved.sequences.filter(({ sequence }) => scripts.sequences.includes(sequence)))
        await session.query(setSequence(value));
      const unfit = await runScript(session, scripts.after);
      const { putBack, missing } = await putBackKeys(session, scripts);
      const tables = await readAgain(session, folder, scripts);
      const fallen = await missingDependents(session, scripts);
      await session.query('COMMIT');
      return { tables, putBack, missing: [...unfit, ...missing, ...fallen], madeRoles };
    } catch (error) {
      await session.query('ROLLBACK').catch(() => undefined);
      throw error;
    }
  });
};
