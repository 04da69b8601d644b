/**
 * Everything that a database holds, as text, by a way that shares nothing with the reader of the catalog: pg_dump for the schema, and
 * plain queries for what pg_dump of one database does not write.
 */
import type { PgDump } from '#adapters/postgres/backup/pg-dump';
import type { Session } from '#adapters/postgres/session/session';

const listTables = `
SELECT c.oid::regclass::text AS name, x.condition FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN (pg_depend d JOIN pg_extension e ON e.oid = d.refobjid AND d.refclassid = 'pg_extension'::regclass)
  ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
LEFT JOIN LATERAL unnest(e.extconfig, e.extcondition) AS x(relation, condition) ON x.relation = c.oid
WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND (e.oid IS NULL OR x.relation IS NOT NULL)
ORDER BY 1`;

const listSequences = `
SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'S' AND c.relpersistence <> 't' ORDER BY 1`;

const largeObjects = `
SELECT format('%s %s %s %s', m.oid, m.lomowner::regrole, coalesce(m.lomacl, acldefault('L', m.lomowner)), (
  SELECT string_agg(p.pageno || ':' || encode(p.data, 'hex'), ',' ORDER BY p.pageno) FROM pg_largeobject p WHERE p.loid = m.oid)) AS line
FROM pg_largeobject_metadata m ORDER BY m.oid`;

const comments = `SELECT format('%s %s', objoid, description) AS line FROM pg_description WHERE classoid = 'pg_largeobject'::regclass ORDER BY 1`;

// pg_dump writes which triggers of a user are switched off, and not which of a foreign key's own.
const internalTriggers = `
SELECT format('trigger of %s: %s', c.conname, t.tgenabled) AS line FROM pg_trigger t JOIN pg_constraint c ON c.oid = t.tgconstraint
WHERE t.tgisinternal AND t.tgenabled <> 'O' ORDER BY 1`;

const ofDatabase = `
SELECT format('database: %s %s %s %s', datdba::regrole, (
  SELECT array_agg(a::text ORDER BY a::text) FROM unnest(coalesce(datacl, acldefault('d', datdba))) a), datconnlimit, datistemplate) AS line
FROM pg_database WHERE datname = current_database()
UNION ALL
SELECT format('setting: %s %s', CASE setrole WHEN 0 THEN '' ELSE setrole::regrole::text END, s)
FROM pg_db_role_setting, unnest(setconfig) s WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
UNION ALL
SELECT 'comment: ' || shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()
ORDER BY 1`;

const linesOf = async (session: Session, query: string) =>
  (await session.query<{ line: string | null }>(query)).rows.map(({ line }) => line ?? '');

const rowsOf = async (session: Session) => {
  const { rows: tables } = await session.query<{ name: string; condition: string | null }>(listTables);
  const lines: string[] = [];
  for (const { name, condition } of tables) {
    const found = await linesOf(session, `SELECT t::text AS line FROM ONLY ${name} t ${condition ?? ''} ORDER BY 1`);
    lines.push(`rows of ${name}`, ...found);
  }
  return lines;
};

const valuesOf = async (session: Session) => {
  const { rows: sequences } = await session.query<{ name: string }>(listSequences);
  const lines: string[] = [];
  for (const { name } of sequences)
    lines.push(
      ...(await linesOf(
        session,
        `SELECT format('setval %s %s %s', '${name}', last_value, is_called) AS line FROM ${name}`,
      )),
    );
  return lines;
};

// pg_dump names the key of \restrict anew each time, and a database by its name.
const settled = (sql: string, database: string) =>
  sql.replace(/^\\(un)?restrict .*$/gm, '').replaceAll(database, 'the_database');

/** The session has to be a superuser's, in no transaction. */
export const completeDump = async (session: Session, pgDump: PgDump, database: string): Promise<string> => {
  await session.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  const schema = [await pgDump.dumpSection(session, 'pre-data'), await pgDump.dumpSection(session, 'post-data')];
  await session.query('ROLLBACK');
  await session.query(`SELECT set_config('search_path', '', false), set_config('TimeZone', 'UTC', false)`);
  const lines = [
    ...(await rowsOf(session)),
    ...(await valuesOf(session)),
    'large objects',
    ...(await linesOf(session, largeObjects)),
    ...(await linesOf(session, comments)),
    ...(await linesOf(session, internalTriggers)),
    ...(await linesOf(session, ofDatabase)),
  ];
  return settled([...schema, ...lines].join('\n'), database);
};

/** The first lines that only one of the two has: for the message of a disagreement. */
export const firstDifferences = (before: string, after: string): readonly string[] => {
  const [old, now] = [before.split('\n'), after.split('\n')];
  const [had, has] = [new Set(old), new Set(now)];
  return [
    ...old.filter((line) => !has.has(line)).map((line) => `- ${line}`),
    ...now.filter((line) => !had.has(line)).map((line) => `+ ${line}`),
  ].slice(0, 8);
};
