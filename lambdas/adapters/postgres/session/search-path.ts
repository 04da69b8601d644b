/**
 * Hides the search_path for our statements between those of a migration. Whatever the migration, its role or the database set,
 * our statements see PostgreSQL's own names only, operators too; afterwards the migration's path is restored.
 */

/** Inside a transaction: keeps the search_path in a setting of our own and hides it. */
export const hideSearchPath = `SELECT pg_catalog.set_config('migration_checklist.search_path', pg_catalog.current_setting('search_path'), true); SELECT pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true)`;

/** Inside the same transaction, after hideSearchPath. */
export const restoreSearchPath = `SELECT pg_catalog.set_config('search_path', pg_catalog.current_setting('migration_checklist.search_path'), true)`;
