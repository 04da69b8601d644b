/** Reads what a server holds outside of its databases' catalogs, as far as any role may see it: never a password. */
import type { ServerState } from '#domain/environment/server-state';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { isScratchName } from './scratch/scratch-database';
import { iso } from './session/moment';
import { type Session, withOwnSession } from './session/session';

type Row = Readonly<Record<string, unknown>>;

/** PostgreSQL's own roles differ from version to version and cannot be changed; memberships in them can. */
const rolesQuery = `
SELECT rolname AS name,
       pg_catalog.array_remove(ARRAY[
         CASE WHEN rolsuper THEN 'SUPERUSER' END, CASE WHEN rolcanlogin THEN 'LOGIN' ELSE 'NOLOGIN' END,
         CASE WHEN NOT rolinherit THEN 'NOINHERIT' END, CASE WHEN rolcreaterole THEN 'CREATEROLE' END,
         CASE WHEN rolcreatedb THEN 'CREATEDB' END, CASE WHEN rolreplication THEN 'REPLICATION' END,
         CASE WHEN rolbypassrls THEN 'BYPASSRLS' END,
         CASE WHEN rolconnlimit <> -1 THEN 'CONNECTION LIMIT ' || rolconnlimit END,
         'VALID UNTIL ' || CASE WHEN pg_catalog.isfinite(rolvaliduntil) THEN ${iso('rolvaliduntil')} ELSE rolvaliduntil::text END
       ], NULL) AS attributes
FROM pg_catalog.pg_roles WHERE NOT pg_catalog.starts_with(rolname, 'pg_') ORDER BY 1`;

// The two options came with PostgreSQL 16: as JSON the row has them or has them not.
const membershipsQuery = `
SELECT pg_catalog.pg_get_userbyid(roleid) AS role, pg_catalog.pg_get_userbyid(member) AS member,
       pg_catalog.pg_get_userbyid(grantor) AS grantor, admin_option AS admin,
       (pg_catalog.to_jsonb(m) ->> 'inherit_option')::bool AS inherit,
       (pg_catalog.to_jsonb(m) ->> 'set_option')::bool AS set
FROM pg_catalog.pg_auth_members m
WHERE NOT pg_catalog.starts_with(pg_catalog.pg_get_userbyid(member), 'pg_') ORDER BY 1, 2, 3`;

// What is read here becomes evidence, which people read: of a value that is named like a secret only a digest.
const settingsQuery = `
SELECT d.datname AS database, CASE WHEN s.setrole <> 0 THEN pg_catalog.pg_get_userbyid(s.setrole) END AS role,
       given.name,
       CASE WHEN given.name ~* 'secret|passw|token|credential|private|api_?key|jwt'
            THEN 'hidden, sha256 ' || pg_catalog.left(pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(given.value, 'UTF8')), 'hex'), 16)
            ELSE given.value END AS value
FROM pg_catalog.pg_db_role_setting s
LEFT JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase
CROSS JOIN pg_catalog.unnest(s.setconfig) AS setting
CROSS JOIN LATERAL (
  SELECT pg_catalog.split_part(setting, '=', 1) AS name, pg_catalog.substr(setting, pg_catalog.strpos(setting, '=') + 1) AS value
) given
ORDER BY 1 NULLS FIRST, 2 NULLS FIRST, 3`;

/** The defaults written out: REVOKE and GRANT of the same leave an entry where there was none. */
const privilegesOf = (acl: string, kind: string, owner: string) =>
  `(SELECT coalesce(pg_catalog.array_agg(item::text ORDER BY item::text), '{}')
    FROM pg_catalog.unnest(coalesce(${acl}, pg_catalog.acldefault('${kind}', ${owner}))) AS item) AS privileges`;

const databasesQuery = `
SELECT d.datname AS name, pg_catalog.pg_get_userbyid(d.datdba) AS owner, ${privilegesOf('d.datacl', 'd', 'd.datdba')},
       pg_catalog.array_remove(ARRAY[
         CASE WHEN d.datistemplate THEN 'IS_TEMPLATE' END, CASE WHEN NOT d.datallowconn THEN 'no connections' END,
         CASE WHEN d.datconnlimit <> -1 THEN 'CONNECTION LIMIT ' || d.datconnlimit END, 'TABLESPACE ' || t.spcname
       ], NULL) AS attributes,
       s.sessions_killed::int4 AS "sessionsEnded"
FROM pg_catalog.pg_database d JOIN pg_catalog.pg_tablespace t ON t.oid = d.dattablespace
LEFT JOIN pg_catalog.pg_stat_database s ON s.datid = d.oid ORDER BY 1`;

// A slot of a session's own ends with it. A subscription's connection string is for superusers, its name for everybody.
const sharedObjectsQuery = `
SELECT 'tablespace' AS kind, spcname AS name, pg_catalog.pg_get_userbyid(spcowner) AS owner,
       ${privilegesOf('spcacl', 't', 'spcowner')} FROM pg_catalog.pg_tablespace
UNION ALL
SELECT 'parameter', parname, NULL,
       (SELECT coalesce(pg_catalog.array_agg(item::text ORDER BY item::text), '{}') FROM pg_catalog.unnest(paracl) AS item)
FROM pg_catalog.pg_parameter_acl
UNION ALL
SELECT 'subscription', subname || CASE WHEN subenabled THEN '' ELSE ' (disabled)' END, pg_catalog.pg_get_userbyid(subowner), '{}'
FROM pg_catalog.pg_subscription
UNION ALL
SELECT 'replication slot', slot_name, NULL, '{}' FROM pg_catalog.pg_replication_slots WHERE NOT temporary
UNION ALL
SELECT 'replication origin', roname, NULL, '{}' FROM pg_catalog.pg_replication_origin
ORDER BY 1, 2`;

const noteTargets = `
SELECT 'pg_catalog.pg_authid'::regclass AS class, oid, 'role "' || rolname || '"' AS named FROM pg_catalog.pg_roles
UNION ALL SELECT 'pg_catalog.pg_database'::regclass, oid, 'database "' || datname || '"' FROM pg_catalog.pg_database
UNION ALL SELECT 'pg_catalog.pg_tablespace'::regclass, oid, 'tablespace "' || spcname || '"' FROM pg_catalog.pg_tablespace`;

const notesQuery = `
SELECT t.named AS "on", 'comment: ' || c.description AS text
FROM pg_catalog.pg_shdescription c JOIN (${noteTargets}) t ON t.class = c.classoid AND t.oid = c.objoid
UNION ALL
SELECT t.named || ' by ' || l.provider, 'security label: ' || l.label
FROM pg_catalog.pg_shseclabel l JOIN (${noteTargets}) t ON t.class = l.classoid AND t.oid = l.objoid
ORDER BY 1, 2`;

const ownQuery = `
SELECT pg_catalog.current_database()::text AS database, ${iso('pg_catalog.pg_conf_load_time()')} AS "loadedAt",
       ${iso('pg_catalog.pg_postmaster_start_time()')} AS "startedAt"`;

const readState = async (session: Session): Promise<ServerState> => {
  const all = async <T>(sql: string) => (await session.query<T & Row>(sql)).rows as readonly T[];
  const [own] = await all<{ database: string; loadedAt: string; startedAt: string }>(ownQuery);
  const database = own?.database ?? '';
  // Of our scratch databases only the one that was asked: others come and go beside the run.
  const isOther = (name: string | null) => name !== null && name !== database && isScratchName(name);
  const isOtherNote = (on: string) => isOther(/^database "(.*)"/.exec(on)?.[1] ?? null);
  const settings = await all<ServerState['settings'][number]>(settingsQuery);
  const databases = await all<ServerState['databases'][number]>(databasesQuery);
  const notes = await all<ServerState['notes'][number]>(notesQuery);
  return {
    database,
    roles: await all(rolesQuery),
    memberships: await all(membershipsQuery),
    settings: settings.filter((one) => !isOther(one.database)),
    databases: databases.filter(({ name }) => !isOther(name)),
    sharedObjects: await all(sharedObjectsQuery),
    notes: notes.filter(({ on }) => !isOtherNote(on)),
    startedAt: own?.startedAt ?? '',
    configurationLoadedAt: own?.loadedAt ?? '',
  };
};

/** As of one moment. Any role may ask. */
export const readServerState = (connection: ConnectionSettings): Promise<ServerState> =>
  withOwnSession(connection, async (session) => {
    await session.query('BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    const state = await readState(session);
    await session.query('COMMIT');
    return state;
  });
