/**
 * Asks the server whether it can compute what a restore computes, as the restore does: with an empty search_path. An expression
 * that calls a function without a search_path of its own fails there, and only where there are rows.
 */
import type { CopyFault } from '#domain/backup/copy-trial';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { type Session, sqlStateOf, withSession } from '../session/session';
import { blameFunction } from './function-at-fault';

/** Enough rows for the expressions of tables; a materialized view computes what it groups whatever its limit. */
const rowsAsked = 100;

/** 2 s for each: what takes longer is not waited for, and said to be not tried. */
const statementTimeoutMs = 2_000;

type Expression = {
  readonly object: string;
  readonly ask: string;
  /** `pg_depend`'s address of what holds the expression. */
  readonly classId: string;
  readonly objectId: string;
};

const userSchema = `n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'migration_checklist')`;

/** Objects of PostgreSQL's own are not in pg_depend, and none of them looks anything up by name. */
const calls = (classId: string, objectId: string) => `EXISTS (
  SELECT FROM pg_depend d WHERE d.classid = '${classId}'::regclass AND d.objid = ${objectId}
     AND d.refclassid IN ('pg_proc'::regclass, 'pg_operator'::regclass, 'pg_type'::regclass, 'pg_opclass'::regclass))`;

const onRows = (expression: string) =>
  `format('SELECT (%s) FROM ONLY %I.%I LIMIT ${rowsAsked}', ${expression}, n.nspname, c.relname)`;

const relation = 'pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace';

const queries: readonly string[] = [
  `SELECT format('constraint %I of table %I.%I', k.conname, n.nspname, c.relname) AS object,
          ${onRows('pg_get_expr(k.conbin, k.conrelid)')} AS ask, 'pg_constraint' AS "classId", k.oid AS "objectId"
     FROM pg_constraint k JOIN ${relation} ON c.oid = k.conrelid
    WHERE k.contype = 'c' AND k.convalidated AND c.relkind = 'r' AND ${userSchema} AND ${calls('pg_constraint', 'k.oid')}`,
  `SELECT format('generated column %I of table %I.%I', a.attname, n.nspname, c.relname) AS object,
          ${onRows('pg_get_expr(f.adbin, f.adrelid)')} AS ask, 'pg_attrdef' AS "classId", f.oid AS "objectId"
     FROM pg_attrdef f JOIN pg_attribute a ON a.attrelid = f.adrelid AND a.attnum = f.adnum
     JOIN ${relation} ON c.oid = f.adrelid
    WHERE a.attgenerated = 's' AND c.relkind = 'r' AND ${userSchema} AND ${calls('pg_attrdef', 'f.oid')}`,
  `SELECT format('domain of column %I of table %I.%I', a.attname, n.nspname, c.relname) AS object,
          format('SELECT (%I::text)::%s FROM ONLY %I.%I LIMIT ${rowsAsked}', a.attname, format_type(t.oid, NULL),
                 n.nspname, c.relname) AS ask,
          'pg_constraint' AS "classId", k.oid AS "objectId"
     FROM pg_constraint k JOIN pg_type t ON t.oid = k.contypid JOIN pg_attribute a ON a.atttypid = t.oid
     JOIN ${relation} ON c.oid = a.attrelid
    WHERE k.contype = 'c' AND NOT a.attisdropped AND c.relkind = 'r' AND ${userSchema} AND ${calls('pg_constraint', 'k.oid')}`,
  `SELECT format('index %I.%I', n.nspname, x.relname) AS object,
          format('SELECT %s FROM ONLY %I.%I%s LIMIT ${rowsAsked}', coalesce(pg_get_expr(i.indexprs, i.indrelid), 'true'),
                 n.nspname, c.relname, ' WHERE ' || pg_get_expr(i.indpred, i.indrelid)) AS ask,
          'pg_class' AS "classId", x.oid AS "objectId"
     FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN ${relation} ON c.oid = i.indrelid
    WHERE (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL) AND c.relkind IN ('r', 'm') AND ${userSchema}
      AND ${calls('pg_class', 'x.oid')}`,
  `SELECT format('partition %I.%I', n.nspname, c.relname) AS object,
          ${onRows('pg_get_partition_constraintdef(c.oid)')} AS ask, 'pg_class' AS "classId", p.partrelid AS "objectId"
     FROM ${relation} JOIN pg_inherits h ON h.inhrelid = c.oid JOIN pg_partitioned_table p ON p.partrelid = h.inhparent
    WHERE c.relispartition AND c.relkind = 'r' AND p.partexprs IS NOT NULL AND ${userSchema}
      AND pg_get_partition_constraintdef(c.oid) IS NOT NULL`,
  `WITH RECURSIVE reach AS (
     SELECT oid AS matview, oid AS relation FROM pg_class WHERE relkind = 'm' AND relispopulated
     UNION
     SELECT reach.matview, d.refobjid FROM reach JOIN pg_rewrite r ON r.ev_class = reach.relation
       JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass
   )
   SELECT format('materialized view %I.%I', n.nspname, c.relname) AS object,
          format('SELECT * FROM (%s) AS computed LIMIT ${rowsAsked}', rtrim(pg_get_viewdef(c.oid), ';')) AS ask,
          'pg_class' AS "classId", c.oid AS "objectId"
     FROM ${relation}
    WHERE ${userSchema} AND EXISTS (
            SELECT FROM reach JOIN pg_rewrite r ON r.ev_class = reach.relation
             WHERE reach.matview = c.oid AND ${calls('pg_rewrite', 'r.oid')})`,
];

/** Too long, read only, a lock: says nothing about whether it can be computed. */
const untold: readonly string[] = ['57014', '25006', '55P03', '40P01'];

type Asked = { readonly faults: readonly CopyFault[]; readonly notTried: readonly string[] };

const askOne = async (session: Session, expression: Expression, path: readonly string[]): Promise<Asked> => {
  await session.query('SAVEPOINT asked');
  try {
    await session.query(expression.ask);
    return { faults: [], notTried: [] };
  } catch (error) {
    const sqlState = sqlStateOf(error);
    if (sqlState === null) throw error;
    await session.query('ROLLBACK TO SAVEPOINT asked');
    const { message } = error as Error;
    if (untold.includes(sqlState)) return { faults: [], notTried: [`${expression.object}: ${message}`] };
    const { signature, remedy } = await blameFunction(session, error as Error, expression, path);
    const cause = `a restore runs with an empty search_path, and there ${signature ? `function ${signature}` : 'it'} fails: ${message}`;
    return { faults: [{ object: expression.object, cause, remedy }], notTried: [] };
  }
};

/** In a read only transaction that is rolled back. Errors as withSession. */
export const askExpressions = (connection: ConnectionSettings): Promise<Asked> =>
  withSession(connection, async (session) => {
    const { rows } = await session.query<{ path: string[] }>(
      'SELECT pg_catalog.current_schemas(false)::text[] AS path',
    );
    const path = rows[0]?.path ?? [];
    await session.query(
      `BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY; SET LOCAL search_path = ''; SET LOCAL statement_timeout = ${statementTimeoutMs}; SET LOCAL lock_timeout = 1000`,
    );
    const found: Asked[] = [];
    for (const query of queries)
      for (const expression of (await session.query<Expression>(`${query} ORDER BY 1`)).rows)
        found.push(await askOne(session, expression, path));
    await session.query('ROLLBACK');
    return {
      faults: found.flatMap(({ faults }) => faults),
      notTried: found.flatMap(({ notTried }) => notTried),
    };
  });
