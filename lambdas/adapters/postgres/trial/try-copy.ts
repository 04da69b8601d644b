/** Tries to copy and restore a database without its rows, before a person is asked for anything. */
import { type CopyFault, type CopyTrial, faultOf, type RolesOfCopy } from '#domain/backup/copy-trial';
import { isMissingObject, type LeftOut, type RefusedStatement, withoutLeftOut } from '#domain/backup/left-out';
import { verifyContents } from '#domain/backup/verify-contents';
import type { Catalog } from '#domain/catalog/catalog';
import type { DatabaseAddress } from '#lambdas/ports/database';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { withReadingSession } from '../backup/backup-session';
import { beginWithTablesLocked } from '../backup/lock-tables';
import { readServerVersion } from '../backup/open-dump';
import { withPgDump } from '../backup/pg-dump';
import { runDump } from '../backup/restore-dump';
import { writeSchema } from '../backup/write-dump';
import { readCatalog } from '../catalog/read-catalog';
import { scratchNameOf } from '../scratch/scratch-database';
import { type ScratchTools, withScratchDatabase } from '../scratch/with-scratch-database';
import { isLockFailure, isLostSession, type Session, sqlStateOf, withSession } from '../session/session';
import { askExpressions } from './expressions';
import { type ExtensionNeeds, readExtensionNeeds } from './extension-needs';
import { readUnreadable } from './unreadable';

type Source = {
  readonly schema: string;
  readonly catalog: Catalog;
  readonly roles: RolesOfCopy;
  readonly needs: ExtensionNeeds;
};

const readRoles = async (session: Session): Promise<RolesOfCopy> => {
  const { rows } = await session.query<RolesOfCopy>(
    `SELECT current_user::text AS role, ARRAY(SELECT rolname::text FROM pg_roles WHERE rolsuper) AS superusers`,
  );
  return rows[0] as RolesOfCopy;
};

const readPath = (connection: ConnectionSettings) =>
  withSession(connection, async (session) => {
    const { rows } = await session.query<{ path: string[] }>(
      'SELECT pg_catalog.current_schemas(false)::text[] AS path',
    );
    return rows[0]?.path ?? [];
  });

const textOf = async (parts: AsyncIterable<string>) => {
  let text = '';
  for await (const part of parts) text += part;
  return text;
};

/** The faults that keep us from reading it, or what was read. */
const readSource = async (
  connection: ConnectionSettings,
  { lockTimeoutMs, sql }: { readonly lockTimeoutMs: number; readonly sql: string },
): Promise<{ readonly faults: readonly CopyFault[] } | Source> => {
  const path = await readPath(connection);
  return withPgDump(lockTimeoutMs, (pgDump) =>
    withReadingSession(connection, async (session) => {
      const faults = await readUnreadable(session);
      if (faults.length > 0) return { faults };
      const serverVersion = await readServerVersion(session);
      await beginWithTablesLocked(session, lockTimeoutMs);
      const roles = await readRoles(session);
      try {
        return {
          roles,
          needs: await readExtensionNeeds(session, { sql, path }),
          schema: await textOf(writeSchema(session, { pgDump, serverVersion })),
          catalog: await readCatalog(session),
        };
      } catch (error) {
        // Whatever is not the server's own word says nothing of the target.
        if (sqlStateOf(error) === null || isLockFailure(error) || isLostSession(error)) throw error;
        const { message } = error as Error;
        const remedy = `grant role "${roles.role}" what it lacks, or use the owner's role`;
        return { faults: [{ object: `database "${connection.database}"`, cause: message, remedy }] };
      }
    }),
  );
};

/** The fault of an extension that cannot be made and is needed; null when it can be left out. */
const neededExtension = ({ kind, identity, cause }: LeftOut, { needs, roles }: Source): CopyFault | null => {
  const why = kind === 'extension' ? (needs.get(identity) ?? []) : [];
  if (why.length === 0) return null;
  const shown = [...why.slice(0, 5), ...(why.length > 5 ? [`${why.length - 5} more`] : [])].join(', ');
  return {
    object: `extension ${identity}`,
    cause: `role "${roles.role}" cannot make it in a copy (${cause}), and it is needed: ${shown}`,
    remedy: `let a superuser's role run the checklist, or drop what needs the extension`,
  };
};

/** Such as `extension citext: it has another version after the restore`. */
const differenceFault = (sentence: string): CopyFault => {
  const at = sentence.indexOf(': ');
  const object = sentence.slice(0, at);
  const isOlder = object.startsWith('extension ') && sentence.includes('version');
  return {
    object,
    cause: sentence.slice(at + 2),
    remedy: isOlder
      ? `ALTER EXTENSION ${object.slice('extension '.length)} UPDATE: a dump does not carry an extension's version`
      : 'drop it or make it anew in a form that pg_dump carries',
  };
};

const restoreSchema = async (connection: ConnectionSettings, source: Source) => {
  const refused: RefusedStatement[] = [];
  return withSession(connection, async (session) => {
    const { leftOut } = await runDump(session, bytesOf(source.schema), (one) => {
      // What fails because something before it failed says nothing of its own.
      if (refused.length === 0 || !isMissingObject(one)) refused.push(one);
    });
    const needed = leftOut.map((one) => neededExtension(one, source)).filter((fault) => fault !== null);
    const kept = refused.filter((one) => needed.length === 0 || !isMissingObject(one));
    const isWhole = needed.length === 0 && kept.length === 0;
    const differences = isWhole ? differencesOf(source.catalog, await readCatalog(session), leftOut) : [];
    return { needed, refused: kept, differences, leftOut };
  });
};

async function* bytesOf(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}

/** A dump without rows fills no materialized view. */
const unfilled = ({ objects }: Catalog): Catalog => ({
  objects: objects.map((object) => {
    const { isPopulated: _, ...definition } = object.definition;
    return { ...object, definition };
  }),
});

const differencesOf = (saved: Catalog, restored: Catalog, leftOut: readonly LeftOut[]) => {
  const contentsOf = (catalog: Catalog) => ({
    tables: [],
    sequences: [],
    catalog: unfilled(withoutLeftOut(catalog, leftOut)),
  });
  return verifyContents(contentsOf(saved), contentsOf(restored)).map(differenceFault);
};

/**
 * Dumps the schema, restores it into a scratch database of that name beside it, and drops that. Asks the database itself whether
 * it can compute its expressions as a restore does. `sql` is the migration's: what it names is needed.
 * Errors: DatabaseUnreachable, LockNotAvailable, VerificationFailed when there can be no scratch database.
 */
export const tryCopy = async (
  tools: ScratchTools & { readonly lockTimeoutMs: number },
  address: DatabaseAddress,
  name: string,
  sql = '',
): Promise<CopyTrial> => {
  const connection = await tools.connection(address);
  const source = await readSource(connection, { lockTimeoutMs: tools.lockTimeoutMs, sql });
  if ('faults' in source) return { faults: source.faults, leftOut: [], notTried: [] };
  const { needed, refused, differences, leftOut } = await withScratchDatabase(
    tools,
    address,
    scratchNameOf(name),
    (scratch) => restoreSchema(scratch, source),
  );
  const asked = await askExpressions(connection);
  // The same function fails in the restored schema where its table is empty; the rows tell which function it is.
  const own = refused.filter((one) => asked.faults.length === 0 || !isMissingObject(one));
  return {
    faults: [...needed, ...own.map((one) => faultOf(one, source.roles)), ...asked.faults, ...differences],
    leftOut: leftOut.filter(({ kind, identity }) => !needed.some(({ object }) => object === `${kind} ${identity}`)),
    notTried: asked.notTried,
  };
};
