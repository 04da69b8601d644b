/** For a migration without a way back: writes one, runs it on the copy and says what it loses. */
import { readCatalog } from '#adapters/postgres/catalog/read-catalog';
import { type Session, withSession } from '#adapters/postgres/session/session';
import { contentsIn, contentsInTransaction } from '#adapters/postgres/table-contents';
import { writeWayBack } from '#adapters/postgres/way-back/write-way-back';
import type { Catalog } from '#domain/catalog/catalog';
import type { NamedObject } from '#domain/catalog/renames';
import { tablesTouched, takenByWayBack } from '#domain/catalog/taken-by-way-back';
import type { TableContents } from '#domain/tables/contents';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import type { WayBackOffer } from './result';

type Before = {
  readonly catalog: Catalog;
  readonly namesBefore: () => Promise<readonly NamedObject[]>;
  /** A database that is still as before the migration; null where there is none any more. */
  readonly database: ConnectionSettings | null;
  /** What the tables held before up, where rows were made for it and it was read; null where the database above has it. */
  readonly contents: readonly TableContents[] | null;
};

type Limits = { readonly statementTimeoutMs: number; readonly ownTables?: readonly string[] };

/** In a session on the copy that went up; it is left as it was. Errors: those of a lost session. */
export const offerWayBack = async (
  session: Session,
  { catalog, namesBefore, database, contents }: Before,
  limits: Limits,
): Promise<{ readonly afterUp: Catalog; readonly offer: WayBackOffer }> => {
  const afterUp = await readCatalog(session);
  const before = { before: catalog, names: await namesBefore() };
  const written = await writeWayBack(session, { ...before, ...limits }, async (sql) => {
    const tables = tablesTouched(sql);
    if (tables.size === 0 || database === null) return null;
    const before =
      contents?.filter(({ table }) => tables.has(table)) ??
      (await withSession(database, (other) => contentsIn(other, tables)));
    // What a table without rows loses is nothing, and that is known from before.
    return { before, after: await contentsInTransaction(session, tables) };
  });
  const { sql, verdict, differences, reasons, measured } = written;
  const computed = new Set(
    [...catalog.objects, ...afterUp.objects]
      .filter(({ kind, definition }) => kind === 'column' && definition['generated'])
      .map(({ identity }) => identity),
  );
  const losses = takenByWayBack(sql, measured, (column) => computed.has(column));
  return { afterUp, offer: { verdict, sql, losses, differences, reasons } };
};
