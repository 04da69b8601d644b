/** Finds which functions a statement called and which tables it wrote to, from PostgreSQL's statistics and from errors' contexts. */
import type { ContextLine, StatementActivity, WriteEvent } from '#domain/checks/checks';
import { type Session, sqlStateOf } from '../session/session';

/** Inside a transaction; true when calls are counted from now on, false where the role may not ask for it. */
export const trackFunctions = async (session: Session): Promise<boolean> => {
  await session.query('SAVEPOINT migration_checklist_track');
  try {
    // All: a trigger function may be in C or SQL too.
    await session.query(`SET LOCAL track_functions = 'all'`);
    return true;
  } catch (error) {
    if (sqlStateOf(error) !== '42501') throw error;
    await session.query('ROLLBACK TO SAVEPOINT migration_checklist_track; RELEASE SAVEPOINT migration_checklist_track');
    return false;
  }
};

/** `name(types)`, as PostgreSQL writes a function into an error's context, in whatever language. */
const signature =
  /(?:"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*)(?:\.(?:"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*))?\([^()]*\)/gu;

// Written with its schema by a function that sets a search_path of its own, without it by one on the path of the session.
const namesQuery = `
SELECT written, name FROM pg_catalog.pg_proc p
JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) p.pronamespace
CROSS JOIN LATERAL (SELECT n.nspname OPERATOR(pg_catalog.||) '.' OPERATOR(pg_catalog.||) p.proname AS name) AS named
CROSS JOIN LATERAL (VALUES (p.oid::pg_catalog.regprocedure::pg_catalog.text), (pg_catalog.format('%I.%I(%s)',
  n.nspname, p.proname, pg_catalog.replace(pg_catalog.oidvectortypes(p.proargtypes), ', ', ',')))) AS forms (written)
WHERE written OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.text[])`;

/**
 * An error's context, line by line. A call that ends in an error is not counted, and ending in an error is all that the trigger of
 * an append-only table does: its name stands here, printed like a regprocedure under the search_path of the session.
 */
export const readContext = async (session: Session, where: string): Promise<readonly ContextLine[]> => {
  if (where === '') return [];
  const lines = where.split('\n').map((text) => ({ text, written: text.match(signature) ?? [] }));
  const written = lines.flatMap((line) => line.written);
  const { rows } = await session.query<{ written: string; name: string }>(namesQuery, [written]);
  const names = new Map(rows.map((row) => [row.written, row.name]));
  return lines.map((line) => ({
    text: line.text,
    function: line.written.flatMap((one) => names.get(one) ?? [])[0] ?? null,
  }));
};

type Counters = Readonly<Record<string, number>>;
type TableCounters = Readonly<Record<string, { schema: string; name: string } & Record<WriteEvent, number>>>;

/** What the transaction has done so far. */
export type Counted = { readonly functions: Counters; readonly tables: TableCounters };

// As json: one round trip per statement of a test.
const countersQuery = `
SELECT
  (SELECT coalesce(pg_catalog.json_object_agg(schemaname || '.' || funcname, calls), '{}')
   FROM pg_catalog.pg_stat_xact_user_functions WHERE calls OPERATOR(pg_catalog.>) 0) AS functions,
  (SELECT coalesce(pg_catalog.json_object_agg(relid, pg_catalog.json_build_object('schema', schemaname, 'name', relname,
     'INSERT', n_tup_ins, 'UPDATE', n_tup_upd, 'DELETE', n_tup_del, 'TRUNCATE', 0)), '{}')
   FROM pg_catalog.pg_stat_xact_user_tables
   WHERE n_tup_ins OPERATOR(pg_catalog.+) n_tup_upd OPERATOR(pg_catalog.+) n_tup_del OPERATOR(pg_catalog.>) 0) AS tables`;

/** In the transaction of the calls. */
export const readCounted = async (session: Session): Promise<Counted> => {
  const { rows } = await session.query<Counted>(countersQuery);
  return rows[0] as Counted;
};

const events = ['INSERT', 'UPDATE', 'DELETE'] as const;

/** What the statement on that line did, between two readings. */
export const activityBetween = (line: number, before: Counted, after: Counted): StatementActivity => ({
  line,
  calledFunctions: Object.entries(after.functions)
    .filter(([name, calls]) => calls > (before.functions[name] ?? 0))
    .map(([name]) => name)
    .sort(),
  writes: Object.entries(after.tables)
    .map(([oid, { schema, name, ...counters }]) => ({
      schema,
      name,
      events: events.filter((event) => counters[event] > (before.tables[oid]?.[event] ?? 0)),
    }))
    .filter((written) => written.events.length > 0),
});
