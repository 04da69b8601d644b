/** Which tables have rows of their own to save, and the COPY that reads each. */
import type { TableSize } from '#domain/backup/plan-rows';
import type { Session } from '../session/session';

/** What a restore keeps in its target until it is whole; then it is dropped. */
export const restoreSchema = 'migration_checklist_restore';

export type SavedTable = {
  /** `schema.table`, quoted where PostgreSQL needs it. */
  readonly name: string;
  /** The COPY that gives the rows. */
  readonly read: string;
  /** The COPY that takes them. */
  readonly write: string;
  /** Joined and quoted; null for a table without columns. */
  readonly columns: string | null;
  /** False where its rows are not read in the order of its pages. */
  readonly maySplit: boolean;
};

/**
 * Ordinary tables, partitions one by one, temporary tables left out, of an extension's tables only those it names as
 * configuration, and of those only the rows it says. Generated columns are left out: the server computes them.
 * A tree that is partitioned by the hash of an enum is saved through its root: an enum's values hash differently in
 * another database, so its rows come back in other partitions. Where rows cannot be expected to come back in the order
 * they were read, both sides sort them by their text.
 * Of our own tables the ledger, its states and the restart points describe the schema and are saved. The lease is of a run, and
 * would lock what is restored; the mark is of this database and of no copy.
 */
const savedTables = `
WITH scattered AS (
  SELECT DISTINCT pg_partition_root(p.partrelid) AS root
    FROM pg_partitioned_table p
   WHERE p.partstrat = 'h'
     AND EXISTS (SELECT FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
                  WHERE a.attrelid = p.partrelid AND a.attnum = ANY (p.partattrs::int2[]) AND t.typtype = 'e')
), member AS (
  SELECT d.objid AS relation, x.condition
    FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
    LEFT JOIN LATERAL unnest(e.extconfig, e.extcondition) AS x(relation, condition) ON x.relation = d.objid
   WHERE d.classid = 'pg_class'::regclass AND d.objsubid = 0
     AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
), relation AS (
  SELECT c.oid, format('%I.%I', n.nspname, c.relname) AS name, m.condition,
         c.oid IN (SELECT root FROM scattered) AS is_root,
         EXISTS (SELECT FROM pg_am WHERE oid = c.relam AND amname = 'heap') AS is_heap,
         (SELECT string_agg(format('%I', a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute a
           WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '') AS columns
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN member m ON m.relation = c.oid
   WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
     AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', '${restoreSchema}')
     AND NOT (n.nspname = 'migration_checklist' AND c.relname IN ('lease', 'staging_mark'))
     AND (m.relation IS NULL OR m.condition IS NOT NULL)
     AND (c.relkind = 'r' OR c.oid IN (SELECT root FROM scattered))
     AND (NOT c.relispartition OR pg_partition_root(c.oid) NOT IN (SELECT root FROM scattered))
)
SELECT name, columns, columns IS NOT NULL AND NOT is_root AND condition IS NULL AND is_heap AS "maySplit",
       format('COPY %s%s FROM stdin;', name, ' (' || columns || ')') AS write,
       CASE WHEN columns IS NOT NULL AND (is_root OR condition IS NOT NULL)
            THEN format('COPY (SELECT %s FROM %s%s %s ORDER BY ROW(%s)::text COLLATE "C") TO STDOUT',
                        columns, CASE WHEN is_root THEN '' ELSE 'ONLY ' END, name, condition, columns)
            ELSE format('COPY %s%s TO STDOUT', name, ' (' || columns || ')') END AS read
  FROM relation ORDER BY name COLLATE "C"`;

/** A piece of a table, in the same form and order as the whole of it. Pages as in `planRows`. */
export const readPiece = (
  { name, columns, read }: SavedTable,
  { fromPage, toPage }: { readonly fromPage: number | null; readonly toPage: number | null },
): string => {
  const bounds = [
    ...(fromPage === null ? [] : [`ctid >= '(${fromPage},0)'::tid`]),
    ...(toPage === null ? [] : [`ctid < '(${toPage},0)'::tid`]),
  ];
  return bounds.length === 0
    ? read
    : `COPY (SELECT ${columns} FROM ONLY ${name} WHERE ${bounds.join(' AND ')}) TO STDOUT`;
};

/** Of tables that are locked already: it would wait for whoever rewrites one. */
export const readSizes = async (session: Session, tables: readonly SavedTable[]): Promise<readonly TableSize[]> => {
  const { rows } = await session.query<Pick<TableSize, 'bytes' | 'pages'>>(
    `SELECT pg_table_size(name::regclass)::float8 AS bytes,
            (pg_relation_size(name::regclass) / current_setting('block_size')::int)::float8 AS pages
       FROM unnest($1::text[]) WITH ORDINALITY AS t(name, at) ORDER BY at`,
    [tables.map(({ name }) => name)],
  );
  return rows.map((size, index) => {
    const { name, maySplit } = tables[index] as SavedTable;
    return { ...size, name, maySplit };
  });
};

/** Sorted by name. The session's search_path must be empty. */
export const listSavedTables = async (session: Session): Promise<readonly SavedTable[]> =>
  (await session.query<SavedTable>(savedTables)).rows;
