/** Finds which functions the tests called, from PostgreSQL's statistics and from the errors with which functions ended. */
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

// A call that ends in an error is not counted, and ending in an error is all that the trigger of an append-only table does.
// The error's context contains its name, printed like a regprocedure under the search_path of the session.
const calledQuery = `
SELECT schemaname || '.' || funcname AS name FROM pg_catalog.pg_stat_xact_user_functions
WHERE calls OPERATOR(pg_catalog.>) 0
UNION
SELECT n.nspname || '.' || p.proname
FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) p.pronamespace
WHERE p.oid::pg_catalog.regprocedure::pg_catalog.text OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.text[])
ORDER BY 1`;

/** `schema.name`. In the transaction of the calls, under the search_path in which they were made. */
export const readCalledFunctions = async (
  session: Session,
  errorContexts: readonly string[],
): Promise<readonly string[]> => {
  const named = errorContexts.flatMap((context) => context.match(signature) ?? []);
  const { rows } = await session.query<{ name: string }>(calledQuery, [named]);
  return rows.map(({ name }) => name);
};
