/** Runs the SQL that is to be offered, where it belongs: only what restores the schema there is offered. */
import { readCatalog } from '#adapters/postgres/catalog/read-catalog';
import type { Session } from '#adapters/postgres/session/session';
import { inTransaction, rollback } from '#adapters/postgres/session/transaction';
import type { Catalog } from '#domain/catalog/catalog';
import { canRunAgain, firstEntries, gradeWayBack } from '#domain/catalog/way-back';
import { withoutTables } from '#domain/catalog/without-tables';
import type { RehearsalGround } from './rehearse-migration';

export type Restoration = {
  /** Statements that were run and gave the schema of before; empty when there are none. */
  readonly sql: readonly string[];
  /** Why there are none although something differs, one sentence; null otherwise. */
  readonly failure: string | null;
};

const byHand = 'the SQL that restores the schema has to be written by hand';

/** In a session on the database that the rollback has left; everything is rolled back. Errors: those of a lost session. */
export const tryRestoration = async (
  session: Session,
  before: Catalog,
  afterDown: Catalog,
  { statementTimeoutMs, ownTables = [] }: Pick<RehearsalGround, 'statementTimeoutMs' | 'ownTables'>,
): Promise<Restoration> => {
  const grade = (after: Catalog) => gradeWayBack(withoutTables(before, ownTables), withoutTables(after, ownTables));
  const { restoringSql: sql, verdict } = grade(afterDown);
  if (canRunAgain(verdict) || sql.length === 0) return { sql: [], failure: null };
  const limits = { lockTimeoutMs: 10_000, statementTimeoutMs };
  try {
    return await inTransaction(session, { limits, end: rollback }, async () => {
      for (const statement of sql) await session.query(statement);
      const left = grade(await readCatalog(session));
      return left.verdict === 'differs'
        ? { sql: [], failure: `${byHand}: what is known of it leaves ${firstEntries(left.differences)}` }
        : { sql, failure: null };
    });
  } catch (error) {
    const { message, code } = error as Error & { code?: string };
    // Without a code it did not come from PostgreSQL.
    if (code === undefined) throw error;
    return { sql: [], failure: `${byHand}: what is known of it fails with "${message}"` };
  }
};
