/** Takes the snapshot of a schema: all families in one go, so that a database far away costs two round trips. */

import type { QueryArrayResult } from 'pg';
import type { Catalog, CatalogObject } from '#domain/catalog/catalog';
import { sortObjects } from '#domain/catalog/catalog';
import { catalogForm } from '#domain/catalog/earlier-form';
import type { Session } from '../session/session';
import { commonFamilies, rareFamilies } from './families';

// PostgreSQL's output depends on the session that asks. As pg_dump does, we pin every setting that matters:
// names are qualified, constants in defaults look the same everywhere.
const readingSettings: Readonly<Record<string, string>> = {
  search_path: '',
  quote_all_identifiers: 'off',
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  TimeZone: 'UTC',
  extra_float_digits: '1',
  bytea_output: 'hex',
  lc_monetary: 'C',
  // Over a large catalog the planner would JIT-compile queries that run a few milliseconds.
  jit: 'off',
  // The queries name their tables in a good order; searching for a better one takes longer than they run.
  join_collapse_limit: '1',
  from_collapse_limit: '1',
};

/** In a transaction of its own, or in the session's when there is one. */
export const readCatalog = async (session: Session): Promise<Catalog> => {
  if (isInTransaction(session)) return readCatalogInTransaction(session);
  // Repeatable read: all families see the same moment, whatever is committed meanwhile.
  await session.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  try {
    const catalog = await readCatalogInTransaction(session);
    await session.query('COMMIT');
    return catalog;
  } catch (error) {
    // The first error is the one to report; a lost session has nothing to roll back.
    await session.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
};

/**
 * The catalog as the session's open transaction sees it, its own uncommitted changes included. Leaves the session's
 * settings as they were. Takes AccessShareLock on what it reads, until the end of the transaction.
 */
export const readCatalogInTransaction = async (session: Session): Promise<Catalog> => {
  const { version, settings, families } = await lookAround(session);
  const read = families.map((family) => family(version));
  const results = await queryAll(session, [...read, applySettings(session, settings)]);
  return { form: catalogForm, objects: sortObjects(results.slice(0, -1).flatMap(objectsOf)) };
};

const isInTransaction = (session: Session) =>
  (session as Session & { getTransactionStatus(): string | null }).getTransactionStatus() === 'T';

/** Reads the server's version, the settings to restore afterwards, and the families that may have objects. */
const lookAround = async (session: Session) => {
  const names = Object.keys(readingSettings);
  const [before, , presence] = await queryAll(session, [
    // The search_path may be anything here, so functions are schema-qualified.
    `SELECT ${['server_version_num', ...names].map((name) => `pg_catalog.current_setting('${name}')`).join(', ')}`,
    applySettings(session, readingSettings),
    `SELECT ${rareFamilies.map(([query]) => `EXISTS (${query})`).join(', ')}`,
  ]);
  const [version, ...values] = before?.rows[0] ?? [];
  const present = presence?.rows[0] ?? [];
  return {
    version: Math.floor(Number(version) / 10_000),
    settings: Object.fromEntries(names.map((name, index) => [name, String(values[index])])),
    families: [...commonFamilies, ...rareFamilies.filter((_, index) => present[index]).map(([, family]) => family)],
  };
};

/** For the rest of the transaction only (the third argument), so nothing is left behind. */
const applySettings = (session: Session, settings: Readonly<Record<string, string>>) =>
  `SELECT ${Object.entries(settings)
    .map(([name, value]) => `pg_catalog.set_config('${name}', ${session.escapeLiteral(value)}, true)`)
    .join(', ')}`;

/** Several statements in one message; they come back as a list of results, which pg's types do not know. */
const queryAll = async (session: Session, statements: readonly string[]) => {
  const results: unknown = await session.query<unknown[]>({ text: statements.join(';\n'), rowMode: 'array' });
  return results as readonly QueryArrayResult<unknown[]>[];
};

const objectsOf = ({ fields, rows }: QueryArrayResult<unknown[]>): CatalogObject[] => {
  const names = fields.map(({ name }) => name);
  return rows.map((row) => {
    const definition: Record<string, string | number | boolean> = {};
    for (let index = 2; index < names.length; index += 1) {
      const value = row[index];
      if (value !== null) definition[names[index] ?? ''] = value as string | number | boolean;
    }
    return { kind: row[0] as string, identity: row[1] as string, definition };
  });
};
