/** Counts and hashes the rows and values of all tables, so that two moments of a branch can be compared. */
import pg from 'pg';
import type { TableContents } from '#domain/tables/contents';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { withWatchedSession } from './apply/blocking-sessions';
import type { Session } from './session/session';
import { inTransaction, rollback } from './session/transaction';

/** 2 GB: a branch reads about 200 MB a second, three times in a rehearsal. */
const largestBytes = 2e9;

type Listed = {
  readonly oid: number;
  readonly table: string;
  readonly sizeBytes: number;
  /** Which rows count, as a WHERE clause: of an extension's table those that it calls configuration; null for all. */
  readonly condition: string | null;
  readonly columns: readonly { readonly name: string; readonly attnum: number }[];
};

// Partitions hold the rows, their parents none of their own; ours is left out, and of the extensions' tables all that are no configuration,
// as in a backup. Of several arrays unnest is syntax, which takes no schema.
const tablesQuery = `
SELECT c.oid, pg_catalog.format('%I.%I', n.nspname, c.relname) AS "table",
       pg_catalog.pg_table_size(c.oid)::float8 AS "sizeBytes", NULLIF(member.condition, '') AS condition,
       coalesce((SELECT pg_catalog.json_agg(pg_catalog.json_build_object('name', a.attname, 'attnum', a.attnum) ORDER BY a.attname)
                 FROM pg_catalog.pg_attribute a
                 WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), '[]') AS columns
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN LATERAL (
  SELECT d.objid AS relation, configuration.condition
  FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
  LEFT JOIN LATERAL unnest(e.extconfig, e.extcondition) AS configuration(relation, condition)
    ON configuration.relation = d.objid
  WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.objsubid = 0
    AND d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND d.deptype = 'e') AS member ON true
WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname !~ '^pg_'
  AND n.nspname NOT IN ('information_schema', 'migration_checklist')
  AND (member.relation IS NULL OR member.condition IS NOT NULL)
ORDER BY 2`;

const hashOf = (value: string, seed: number) => `pg_catalog.hashtextextended(${value}, ${seed})`;

// A sum does not mind the order of rows; two seeds, because a sum of one 64-bit hash can be met by chance with many rows.
// A column has a sum of its own, and without its name, so that what was renamed is known again.
const digestsOf = (columns: readonly string[]) => {
  const row = `ROW(${columns.map((column) => pg.escapeIdentifier(column)).join(', ')})::text`;
  const names = pg.escapeLiteral(columns.join(','));
  return [
    `pg_catalog.md5(${names} || coalesce(sum(${hashOf(row, 0)}), 0) || '/' || coalesce(sum(${hashOf(row, 1)}), 0)) AS digest`,
    ...columns.map((column, at) => `sum(${hashOf(`${pg.escapeIdentifier(column)}::text`, 0)})::text AS digest_${at}`),
  ];
};

/** A SELECT gives 1,664 columns at most, and a column takes two of them. */
const mostColumns = 800;

const contentsQuery = ({ table, columns, sizeBytes, condition }: Listed) => {
  const names = columns.map(({ name }) => name);
  return `SELECT ${[
    'count(*)::float8 AS rows',
    ...names.map((name, at) => `count(${pg.escapeIdentifier(name)})::float8 AS values_${at}`),
    ...(sizeBytes <= largestBytes && names.length <= mostColumns ? digestsOf(names) : []),
  ].join(', ')} FROM ONLY ${table} ${condition ?? ''}`;
};

type Row = Readonly<Record<string, string | number | null>>;

const contentsOf = ({ oid, table, columns }: Listed, row: Row): TableContents => {
  const digest = (name: string) => (row['digest'] === undefined ? null : String(row[name] ?? ''));
  return {
    oid,
    table,
    rows: Number(row['rows'] ?? 0),
    digest: digest('digest'),
    columns: columns.map((column, at) => ({
      ...column,
      values: Number(row[`values_${at}`] ?? 0),
      digest: digest(`digest_${at}`),
    })),
  };
};

const readOne = async (session: Session, listed: Listed): Promise<TableContents> => {
  const { rows } = await session.query<Row>(contentsQuery(listed));
  return contentsOf(listed, rows[0] ?? {});
};

/** In a transaction of the caller's; of the named tables only, where some are named. */
export const contentsInTransaction = async (
  session: Session,
  only: ReadonlySet<string> | null = null,
): Promise<readonly TableContents[]> => {
  const { rows: tables } = await session.query<Listed>(tablesQuery);
  const contents: TableContents[] = [];
  for (const listed of tables)
    if (only === null || only.has(listed.table)) contents.push(await readOne(session, listed));
  return contents;
};

const limits = { lockTimeoutMs: 10_000, statementTimeoutMs: 0 };

/** In a session of ours, in no transaction. */
export const contentsIn = (
  session: Session,
  only: ReadonlySet<string> | null = null,
): Promise<readonly TableContents[]> =>
  inTransaction(session, { limits, access: 'READ ONLY', end: rollback }, () => contentsInTransaction(session, only));

export const readTableContents = (connection: ConnectionSettings): Promise<readonly TableContents[]> =>
  withWatchedSession(connection, contentsIn);
