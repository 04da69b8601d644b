/** Reads the tables in which other migration tools keep what is applied, whatever schema they are in. */
import pg from 'pg';
import type { ToolColumn, ToolRow, ToolTable } from '#domain/doors/door';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { withWatchedSession } from '../apply/blocking-sessions';
import type { Session } from '../session/session';

type Listed = { readonly schema: string; readonly table: string; readonly columns: readonly ToolColumn[] };

const listQuery = `
SELECT n.nspname AS schema, c.relname AS "table",
  (SELECT pg_catalog.json_agg(pg_catalog.json_build_object('name', a.attname, 'type', pg_catalog.format_type(a.atttypid, a.atttypmod)) ORDER BY a.attnum)
   FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relname = ANY ($1::text[]) AND c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
  AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'migration_checklist')
ORDER BY 1, 2`;

/** `schema.table`, quoted. */
export const quotedName = ({ schema, table }: { readonly schema: string; readonly table: string }): string =>
  `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(table)}`;

/** A row as text, column by column. */
export const rowAsText = (alias: string): string =>
  `(SELECT pg_catalog.json_object_agg(key, value) FROM pg_catalog.jsonb_each_text(pg_catalog.to_jsonb(${alias}))) AS row`;

/** All rows, each value as PostgreSQL writes it. */
export const readRows = async (
  session: Session,
  table: { readonly schema: string; readonly table: string },
): Promise<readonly ToolRow[]> => {
  const { rows } = await session.query<{ row: ToolRow }>(`SELECT ${rowAsText('t')} FROM ${quotedName(table)} t`);
  return rows.map(({ row }) => row);
};

/** In a session of ours. */
export const toolTablesIn = async (session: Session, names: readonly string[]): Promise<readonly ToolTable[]> => {
  const { rows } = await session.query<Listed>(listQuery, [[...names]]);
  const tables: ToolTable[] = [];
  for (const listed of rows) tables.push({ ...listed, rows: await readRows(session, listed) });
  return tables;
};

export const readToolTables = (
  connection: ConnectionSettings,
  names: readonly string[],
): Promise<readonly ToolTable[]> => withWatchedSession(connection, (session) => toolTablesIn(session, names));
