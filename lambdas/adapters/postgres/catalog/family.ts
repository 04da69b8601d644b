/** What a query over a family of objects looks like, and the SQL expressions that all of them share. */

/** PostgreSQL's major version: 15 to 18. */
export type MajorVersion = number;

/**
 * One query. Its first two columns are the object's kind and identity, every further column is a value of the definition
 * under the column's name; NULL means PostgreSQL's default, and is left out.
 * Runs under an empty search_path, so that whatever PostgreSQL spells out is qualified.
 */
export type CatalogFamily = (version: MajorVersion) => string;

/** Neither PostgreSQL's own, nor a session's temporary one, nor the ledger's. */
export const isUserSchema = (name: string) =>
  `${name} !~ '^pg_' AND ${name} NOT IN ('information_schema', 'migration_checklist')`;

/** Objects with lower OIDs came with initdb (FirstNormalObjectId in PostgreSQL's access/transam.h). */
export const isMadeByUser = (oid: string) => `${oid} >= 16384`;

const dependsAs = (systemCatalog: string, oid: string, type: 'e' | 'i') => `EXISTS (
    SELECT FROM pg_depend member
    WHERE member.classid = '${systemCatalog}'::regclass AND member.objid = ${oid} AND member.deptype = '${type}')`;

/** True when the object did not come with an extension. `systemCatalog` is the table that the OID belongs to. */
export const isNoMember = (systemCatalog: string, oid: string) => `NOT ${dependsAs(systemCatalog, oid, 'e')}`;

/** True when the object is no part of another one, as a range type's constructors and casts are. */
export const standsAlone = (systemCatalog: string, oid: string) => `NOT ${dependsAs(systemCatalog, oid, 'i')}`;

/** `public.jobs.status`, quoted where that is needed; null when a part is null. */
export const nameOf = (...parts: readonly string[]) => parts.map((part) => `quote_ident(${part})`).join(` || '.' || `);

export const ownerOf = (role: string) => `quote_ident(pg_get_userbyid(${role}))`;

/** The name without its schema where PostgreSQL would find it by itself; null for OID 0. */
export const functionName = (oid: string) => `NULLIF(${oid}, 0)::regprocedure::text`;

/**
 * `app: INSERT, SELECT; PUBLIC: USAGE`, `*` behind a privilege that may be granted on; null when they are what PostgreSQL
 * gives by itself, whether or not that was written down. `kind` is acldefault()'s letter; null where nothing is given by default.
 */
export const privilegesOf = (acl: string, kind: string | null, owner: string) => {
  const standard = kind ? `acldefault('${kind}', ${owner})` : `'{}'::aclitem[]`;
  return `CASE WHEN ${acl} IS NOT NULL AND NOT (${acl} @> ${standard} AND ${acl} <@ ${standard}) THEN (
    SELECT coalesce(string_agg(format('%s: %s%s', who, what, via), '; ' ORDER BY who COLLATE "C", via COLLATE "C"), 'none')
    FROM (
      SELECT
        CASE grantee WHEN 0 THEN 'PUBLIC' ELSE ${ownerOf('grantee')} END AS who,
        CASE WHEN grantor <> ${owner} THEN ' granted by ' || ${ownerOf('grantor')} ELSE '' END AS via,
        string_agg(privilege_type || CASE WHEN is_grantable THEN '*' ELSE '' END, ', ' ORDER BY privilege_type) AS what
      FROM aclexplode(${acl})
      GROUP BY 1, 2) AS granted) END`;
};

/** `fillfactor='70', user_catalog_table='true'`, sorted. */
export const optionsOf = (options: string) => `CASE WHEN ${options} IS NOT NULL THEN (
    SELECT string_agg(format('%I=%L', option_name, option_value), ', ' ORDER BY option_name COLLATE "C")
    FROM pg_options_to_table(${options})) END`;

/**
 * Of postgres_fdw and file_fdw (PostgreSQL's documentation, F.38 and F.15) those that say where data lies and how it is read. Every
 * wrapper makes names of its own, and any other may hold a password, a key or a command line with one.
 */
const harmlessForeignOptions = [
  ...['host', 'hostaddr', 'port', 'dbname', 'sslmode', 'connect_timeout', 'application_name', 'client_encoding'],
  ...['keepalives', 'keepalives_idle', 'keepalives_interval', 'keepalives_count', 'target_session_attrs'],
  ...['schema_name', 'table_name', 'column_name', 'extensions', 'fdw_startup_cost', 'fdw_tuple_cost', 'fetch_size'],
  ...['batch_size', 'use_remote_estimate', 'analyze_sampling', 'async_capable', 'parallel_commit', 'parallel_abort'],
  ...['keep_connections', 'updatable', 'truncatable', 'password_required', 'use_scram_passthrough'],
  ...['filename', 'format', 'header', 'delimiter', 'quote', 'escape', 'null', 'encoding', 'on_error', 'reject_limit'],
  ...['force_not_null', 'force_null', 'log_verbosity'],
];

/** `host 'db', secret_key '(not shown)'`, sorted. No digest of what is not shown: a short password is found by trying. */
export const foreignOptionsOf = (options: string) => `CASE WHEN ${options} IS NOT NULL THEN (
    SELECT string_agg(
      format('%I %L', option_name,
        CASE WHEN lower(option_name) = ANY ('{${harmlessForeignOptions.map((name) => `"${name}"`).join(',')}}'::text[])
          AND option_value !~* 'passw|://' THEN option_value ELSE '(not shown)' END),
      ', ' ORDER BY option_name COLLATE "C")
    FROM pg_options_to_table(${options})) END`;

/** The quoted names of columns in the order of an array of numbers; an empty name where the number is 0, an expression. */
export const columnNames = (relation: string, numbers: string) => `(
    SELECT string_agg(coalesce(quote_ident(named.attname), ''), ', ' ORDER BY key.place)
    FROM unnest(${numbers}) WITH ORDINALITY AS key(number, place)
    LEFT JOIN pg_attribute named ON named.attrelid = ${relation} AND named.attnum = key.number AND key.number <> 0)`;

/** What ALTER TABLE … ENABLE and DISABLE make of a trigger or a rule. */
export const enabledWord = (mode: string) =>
  `CASE ${mode} WHEN 'O' THEN 'enabled' WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always' END`;
