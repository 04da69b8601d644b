/** Writes the SQL that a rollback lacks, on the database that it has left: only what restores the schema there is offered. */
import type { Session } from '#adapters/postgres/session/session';
import { writeWayBack } from '#adapters/postgres/way-back/write-way-back';
import type { Catalog } from '#domain/catalog/catalog';
import type { NamedObject } from '#domain/catalog/renames';
import { canRunAgain, gradeWayBack } from '#domain/catalog/way-back';
import { withoutTables } from '#domain/catalog/without-tables';
import type { RehearsalGround } from './rehearse-migration';

export type Restoration = {
  /** Statements that were run and gave the schema of before; empty when there are none. */
  readonly sql: readonly string[];
  /** Why there are none although something differs, one sentence; null otherwise. */
  readonly failure: string | null;
};

const byHand = 'the SQL that restores the schema has to be written by hand';

type Before = { readonly before: Catalog; readonly namesBefore: () => Promise<readonly NamedObject[]> };

/** In a session on the database that the rollback has left; everything is rolled back. Errors: those of a lost session. */
export const tryRestoration = async (
  session: Session,
  { before, namesBefore }: Before,
  afterDown: Catalog,
  { statementTimeoutMs, ownTables = [] }: Pick<RehearsalGround, 'statementTimeoutMs' | 'ownTables'>,
): Promise<Restoration> => {
  const { verdict } = gradeWayBack(withoutTables(before, ownTables), withoutTables(afterDown, ownTables));
  if (canRunAgain(verdict) || verdict === 'irreversible by design') return { sql: [], failure: null };
  const written = await writeWayBack(session, { before, names: await namesBefore(), ownTables, statementTimeoutMs });
  return written.verdict === 'differs' || written.verdict === 'fails'
    ? { sql: [], failure: `${byHand}: ${written.reasons.join('; ')}` }
    : { sql: written.sql, failure: null };
};
