/** Counts and digests the rows of all tables, so that two moments of a branch can be compared. */
import pg from 'pg';
import type { TableContents } from '../../domain/locks/table-contents';
import type { ConnectionSettings } from '../../ports';
import { withOwnSession } from './session';
import { inTransaction, rollback } from './transaction';

/** 2 GB: a branch reads about 200 MB a second, three times in a rehearsal. */
const largestBytes = 2e9;

type Listed = { readonly table: string; readonly columns: readonly string[]; readonly sizeBytes: number };

// Partitions hold the rows, their parents none of their own; ours and the extensions' tables are left out.
const tablesQuery = `
SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS "table", pg_catalog.pg_table_size(c.oid)::float8 AS "sizeBytes",
       coalesce(ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute a
                      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attname), '{}') AS columns
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname !~ '^pg_'
  AND n.nspname NOT IN ('information_schema', 'migration_checklist')
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                  WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY 1`;

// A sum does not mind the order of rows; two seeds, because a sum of one 64-bit hash can be met by chance with many rows.
const digestQuery = ({ table, columns }: Listed) => {
  const row = `ROW(${columns.map((column) => pg.escapeIdentifier(column)).join(', ')})::text`;
  const sumOf = (seed: number) => `coalesce(sum(pg_catalog.hashtextextended(${row}, ${seed})::numeric), 0)`;
  const names = pg.escapeLiteral(columns.join(','));
  return `SELECT count(*)::float8 AS rows, pg_catalog.md5(${names} || ${sumOf(0)} || '/' || ${sumOf(1)}) AS digest FROM ONLY ${table}`;
};

export const readTableContents = (connection: ConnectionSettings): Promise<readonly TableContents[]> =>
  withOwnSession(connection, (session) =>
    inTransaction(
      session,
      { limits: { lockTimeoutMs: 10_000, statementTimeoutMs: 0 }, access: 'READ ONLY', end: rollback },
      async () => {
        const { rows: tables } = await session.query<Listed>(tablesQuery);
        const contents: TableContents[] = [];
        for (const listed of tables) {
          const isReadable = listed.sizeBytes <= largestBytes;
          const query = isReadable ? digestQuery(listed) : `SELECT count(*)::float8 AS rows FROM ONLY ${listed.table}`;
          const { rows } = await session.query<{ rows: number; digest?: string }>(query);
          contents.push({ table: listed.table, rows: rows[0]?.rows ?? 0, digest: rows[0]?.digest ?? null });
        }
        return contents;
      },
    ),
  );
