/** Finds the function that lacks a search_path, in what the server says of where an error came from. */
import type { Session } from '../session/session';

type ServerError = Error & { readonly where?: string };

/** The innermost comes first: that one looked for what is not there. */
const inContext = /SQL function "([^"]+)"|PL\/\w+ function (.+?)(?: line \d+| while |$)/m;

const missing: readonly (readonly [message: RegExp, systemCatalog: string, name: string, schema: string])[] = [
  [/relation "([^"]+)" does not exist/, 'pg_class', 'relname', 'relnamespace'],
  [/function ([^(\s]+)\(.*\) does not exist/, 'pg_proc', 'proname', 'pronamespace'],
  [/type "([^"]+)" does not exist/, 'pg_type', 'typname', 'typnamespace'],
  [/text search configuration "([^"]+)" does not exist/, 'pg_ts_config', 'cfgname', 'cfgnamespace'],
  [/text search dictionary "([^"]+)" does not exist/, 'pg_ts_dict', 'dictname', 'dictnamespace'],
];

/** The schemas in which the function finds what it misses, quoted: the session's own path where that holds it. */
const findPath = async (session: Session, { message }: Error, path: readonly string[]): Promise<string> => {
  const quote = (schemas: readonly string[]) =>
    schemas
      .map((schema) => (/^[a-z_][a-z0-9_$]*$/.test(schema) ? schema : session.escapeIdentifier(schema)))
      .join(', ');
  for (const [pattern, systemCatalog, nameColumn, schemaColumn] of missing) {
    const name = pattern.exec(message)?.[1];
    if (name === undefined) continue;
    const { rows } = await session.query<{ schema: string }>(
      `SELECT n.nspname AS schema FROM ${systemCatalog} o JOIN pg_namespace n ON n.oid = o.${schemaColumn}
        WHERE o.${nameColumn} = $1 AND n.nspname !~ '^pg_' ORDER BY 1`,
      [name],
    );
    const schemas = rows.map(({ schema }) => schema);
    const [first] = schemas;
    if (first !== undefined && !schemas.some((schema) => path.includes(schema))) return quote([first, ...path]);
  }
  return quote(path.length > 0 ? path : ['public']);
};

/** By name the SQL functions, by signature the others; of several of one name those that the object itself calls. */
const candidates = `
SELECT p.oid::regprocedure::text AS signature, p.prokind = 'p' AS "isProcedure"
  FROM pg_proc p
 WHERE (p.proname = $1 OR p.oid::regprocedure::text = $1) AND p.oid >= 16384
   AND NOT EXISTS (SELECT FROM unnest(p.proconfig) AS setting WHERE setting LIKE 'search\\_path=%')
 ORDER BY EXISTS (SELECT FROM pg_depend d WHERE d.classid = $2::regclass AND d.objid = $3
                     AND d.refclassid = 'pg_proc'::regclass AND d.refobjid = p.oid) DESC, 1 LIMIT 1`;

/** `signature` is null when the error does not tell the function. The session's search_path is empty. */
export const blameFunction = async (
  session: Session,
  error: ServerError,
  { classId, objectId }: { readonly classId: string; readonly objectId: string },
  path: readonly string[],
): Promise<{ readonly signature: string | null; readonly remedy: string }> => {
  const found = inContext.exec(error.where ?? '');
  const name = found?.[1] ?? found?.[2];
  const { rows } = name
    ? await session.query<{ signature: string; isProcedure: boolean }>(candidates, [name, classId, objectId])
    : { rows: [] };
  const [blamed] = rows;
  const wanted = await findPath(session, error, path);
  if (!blamed)
    return {
      signature: null,
      remedy: `give each function that it calls a path: ALTER FUNCTION … SET search_path = ${wanted}`,
    };
  const kind = blamed.isProcedure ? 'PROCEDURE' : 'FUNCTION';
  return { signature: blamed.signature, remedy: `ALTER ${kind} ${blamed.signature} SET search_path = ${wanted}` };
};
