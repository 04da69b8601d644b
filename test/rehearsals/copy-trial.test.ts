/**
 * What a role that owns its database and is no superuser cannot copy or restore, one row each: told with object, cause and remedy,
 * or left out and said so. Where a remedy is SQL, it is run, and the next trial is good.
 */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { tryCopy } from '#adapters/postgres/trial/try-copy';
import type { CopyTrial } from '#domain/backup/copy-trial';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { testServer } from '#test/support/postgres';

// A dump, a restore and two catalogs each.
jest.setTimeout(60_000);

type Target = {
  readonly role: string;
  readonly other: string;
  superuser(sql: string): Promise<unknown>;
  owner(sql: string): Promise<unknown>;
  trial(sql?: string): Promise<CopyTrial>;
};

const run = async (connection: pg.ClientConfig, sql: string) => {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    return await client.query(sql);
  } finally {
    await client.end();
  }
};

/** A database of a role that may create databases, and another role beside it. */
const withTarget = async (work: (target: Target) => Promise<void>) => {
  const server = testServer();
  const suffix = randomBytes(4).toString('hex');
  const [role, other, database] = [`copy_owner_${suffix}`, `copy_other_${suffix}`, `copy_${suffix}`];
  const maintenance = { ...server, database: 'postgres' };
  const owner: ConnectionSettings = {
    ...server,
    user: role,
    password: 'case-only',
    database,
    tls: false,
    pooled: false,
  };
  await run(maintenance, `CREATE ROLE ${role} LOGIN CREATEDB PASSWORD 'case-only'; CREATE ROLE ${other}`);
  await run(maintenance, `CREATE DATABASE ${database} OWNER ${role}`);
  const tools = {
    connection: async ({ database: named = database }) => ({ ...owner, database: named }),
    clock: { now: () => new Date() },
    lockTimeoutMs: 2_000,
  };
  try {
    await work({
      role,
      other,
      superuser: (sql) => run({ ...server, database }, sql),
      owner: (sql) => run(owner, sql),
      trial: (sql = '') => tryCopy(tools, { branchId: 'target' }, `trial-${suffix}`, sql),
    });
    const left = await run(maintenance, `SELECT datname FROM pg_database WHERE datname LIKE '%trial_${suffix}%'`);
    expect(left.rows).toEqual([]);
  } finally {
    await run(maintenance, `DROP DATABASE ${database} WITH (FORCE)`);
    await run(maintenance, `DROP ROLE ${role}`);
    await run(maintenance, `DROP OWNED BY ${other}; DROP ROLE ${other}`);
  }
};

type Row = {
  readonly what: string;
  /** `$role` and `$other` stand for the two roles. */
  readonly superuser?: string;
  readonly owner?: string;
  /** A migration's text. */
  readonly migration?: string;
  readonly faults?: readonly { readonly object: string; readonly cause: RegExp; readonly remedy: RegExp }[];
  readonly leftOut?: readonly string[];
  /** Run as superuser, after which there is no fault; `remedy` runs what the first fault proposes. */
  readonly mend?: 'remedy' | string;
};

const seats = `CREATE TABLE plan (code text PRIMARY KEY, seats int NOT NULL); INSERT INTO plan VALUES ('free', 3);
  CREATE FUNCTION seats_of(c text) RETURNS int LANGUAGE sql STABLE AS $$ SELECT seats FROM plan WHERE code = c $$;`;

// PostgreSQL 17 and later would not make the view otherwise.
const withPath = (sql: string) =>
  `${seats} ALTER FUNCTION seats_of(text) SET search_path = public; ${sql}; ALTER FUNCTION seats_of(text) RESET search_path`;

const seatsFault = (object: string) => [
  {
    object,
    cause: /empty search_path.*public\.seats_of\(text\).*relation "plan" does not exist/,
    remedy: /^ALTER FUNCTION public\.seats_of\(text\) SET search_path = public$/,
  },
];

const rows: readonly Row[] = [
  { what: 'an ordinary schema', owner: 'CREATE TABLE t (a int PRIMARY KEY); CREATE VIEW v AS SELECT * FROM t' },
  {
    what: 'an extension that a superuser only may make',
    superuser: `CREATE EXTENSION pg_stat_statements; COMMENT ON EXTENSION pg_stat_statements IS 'ours';
      GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO $role`,
    leftOut: ['extension pg_stat_statements'],
  },
  {
    what: 'such an extension that a view needs',
    superuser:
      'CREATE EXTENSION pg_stat_statements; CREATE VIEW slow AS SELECT query FROM pg_stat_statements; ALTER VIEW slow OWNER TO $role',
    faults: [
      {
        object: 'extension pg_stat_statements',
        cause: /permission denied.*needed: rule _RETURN on view .*slow depends on it/,
        remedy: /superuser/,
      },
    ],
    mend: 'DROP VIEW slow',
  },
  {
    what: 'such an extension that the migration names',
    superuser: 'CREATE EXTENSION pg_stat_statements',
    migration: '-- a comment\nSELECT pg_stat_statements_reset();',
    faults: [
      {
        object: 'extension pg_stat_statements',
        cause: /the migration names pg_stat_statements_reset/,
        remedy: /superuser/,
      },
    ],
  },
  {
    what: 'an extension of an earlier version',
    owner: `CREATE EXTENSION citext VERSION '1.4'`,
    faults: [{ object: 'extension citext', cause: /another version/, remedy: /^ALTER EXTENSION citext UPDATE/ }],
    mend: 'ALTER EXTENSION citext UPDATE',
  },
  {
    what: 'a language that a superuser only may make a function in',
    superuser: `CREATE FUNCTION low(int) RETURNS int LANGUAGE internal IMMUTABLE AS 'int4abs'; ALTER FUNCTION low(int) OWNER TO $role`,
    faults: [
      { object: 'function public.low(integer)', cause: /permission denied for language internal/, remedy: /drop it/ },
    ],
  },
  {
    what: 'an event trigger',
    superuser: `CREATE FUNCTION note_ddl() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; ALTER FUNCTION note_ddl() OWNER TO $role;
      CREATE EVENT TRIGGER note ON ddl_command_end EXECUTE FUNCTION note_ddl(); COMMENT ON EVENT TRIGGER note IS 'ours'`,
    leftOut: ['event trigger note'],
  },
  {
    what: 'a publication of all tables',
    owner: 'CREATE TABLE t (a int PRIMARY KEY)',
    superuser: 'CREATE PUBLICATION everything FOR ALL TABLES',
    leftOut: ['publication everything'],
  },
  {
    what: 'a publication of one table, of a superuser',
    owner: 'CREATE TABLE t (a int PRIMARY KEY)',
    superuser: 'CREATE PUBLICATION one FOR TABLE t',
    leftOut: ['publication one'],
  },
  {
    what: 'default privileges of another role',
    superuser: 'ALTER DEFAULT PRIVILEGES FOR ROLE $other IN SCHEMA public GRANT SELECT ON TABLES TO $role',
    leftOut: ['default privileges $other in public on tables'],
  },
  {
    what: 'a table of another role',
    superuser: 'CREATE TABLE theirs (a int); ALTER TABLE theirs OWNER TO $other; GRANT SELECT ON theirs TO $role',
    faults: [
      {
        object: 'table public.theirs',
        cause: /belongs to role copy_other/,
        remedy: /^GRANT copy_other\w+ TO copy_owner\w+, or ALTER TABLE public\.theirs OWNER TO copy_owner/,
      },
    ],
    mend: 'GRANT $other TO $role',
  },
  {
    what: "a superuser's function",
    superuser: `CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'`,
    faults: [
      {
        object: 'function public.f()',
        cause: /a superuser/,
        remedy: /^as a superuser, ALTER FUNCTION public\.f\(\) OWNER TO copy_owner/,
      },
    ],
    mend: 'ALTER FUNCTION f() OWNER TO $role',
  },
  {
    what: 'a table that the role may not read',
    superuser: 'CREATE TABLE secret (a int)',
    faults: [{ object: 'table public.secret', cause: /may not read/, remedy: /^GRANT SELECT ON public\.secret TO/ }],
    mend: 'ALTER TABLE secret OWNER TO $role',
  },
  {
    what: 'a table whose rows are hidden from its owner',
    owner: 'CREATE TABLE t (a int); ALTER TABLE t ENABLE ROW LEVEL SECURITY; ALTER TABLE t FORCE ROW LEVEL SECURITY',
    faults: [
      {
        object: 'table public.t',
        cause: /row-level security hides rows/,
        remedy: /BYPASSRLS, or ALTER TABLE public\.t NO FORCE ROW LEVEL SECURITY/,
      },
    ],
    mend: 'ALTER TABLE t NO FORCE ROW LEVEL SECURITY',
  },
  {
    what: 'a large object of another role',
    superuser: `SELECT lo_from_bytea(4711, 'x'); ALTER LARGE OBJECT 4711 OWNER TO $other`,
    faults: [
      { object: 'large object 4711', cause: /belongs to role copy_other/, remedy: /ALTER LARGE OBJECT 4711 OWNER TO/ },
    ],
    mend: 'ALTER LARGE OBJECT 4711 OWNER TO $role',
  },
  {
    what: 'a cast that a superuser made',
    owner: `CREATE TYPE pair AS (a int, b int)`,
    superuser:
      `CREATE FUNCTION lax(text) RETURNS xml LANGUAGE sql IMMUTABLE AS 'SELECT NULL::xml'; ALTER FUNCTION lax(text) OWNER TO $role;
      CREATE CAST (int AS xml) WITH FUNCTION lax_int(int)`.replace(
        /CREATE CAST.*/,
        'CREATE CAST (bytea AS xml) WITHOUT FUNCTION',
      ),
    faults: [{ object: 'cast CAST (bytea AS xml)', cause: /must be owner of type/, remedy: /drop it/ }],
    mend: 'DROP CAST (bytea AS xml)',
  },
  {
    what: 'a foreign data wrapper with its server',
    superuser: `CREATE EXTENSION postgres_fdw; CREATE SERVER away FOREIGN DATA WRAPPER postgres_fdw; ALTER SERVER away OWNER TO $role`,
    faults: [
      { object: 'extension postgres_fdw', cause: /needed: server away depends on it/, remedy: /drop what needs/ },
    ],
    mend: 'DROP SERVER away',
  },
  {
    what: 'privileges that another role has granted, of whom ours is a member',
    owner: 'CREATE TABLE t (a int); GRANT SELECT ON t TO $other WITH GRANT OPTION',
    superuser: 'GRANT $other TO $role; SET SESSION AUTHORIZATION $other; GRANT SELECT ON t TO PUBLIC',
  },
  {
    what: "privileges on PostgreSQL's own functions",
    superuser: 'GRANT EXECUTE ON FUNCTION pg_catalog.pg_ls_dir(text) TO $other',
  },
  {
    what: 'a leakproof function',
    superuser: `CREATE FUNCTION f(int) RETURNS int LANGUAGE sql LEAKPROOF AS 'SELECT 1'; ALTER FUNCTION f(int) OWNER TO $role`,
    faults: [{ object: 'function public.f(integer)', cause: /leakproof/, remedy: /NOT LEAKPROOF/ }],
    mend: 'ALTER FUNCTION f(int) NOT LEAKPROOF',
  },
  {
    what: "a function with a superuser's setting",
    superuser: `CREATE FUNCTION f() RETURNS int LANGUAGE sql SET log_statement TO 'none' AS 'SELECT 1'; ALTER FUNCTION f() OWNER TO $role`,
    faults: [
      {
        object: 'function public.f()',
        cause: /permission denied to set parameter/,
        remedy: /^GRANT SET ON PARAMETER log_statement TO/,
      },
    ],
  },
  {
    what: 'a CHECK over a function without search_path',
    owner: `${seats} CREATE TABLE team (p text, m int, CONSTRAINT fit CHECK (m <= seats_of(p))); INSERT INTO team VALUES ('free', 1)`,
    faults: seatsFault('constraint fit of table public.team'),
    mend: 'remedy',
  },
  {
    what: 'a materialized view over such a function',
    owner: withPath('CREATE MATERIALIZED VIEW m AS SELECT code, seats_of(code) FROM plan'),
    faults: seatsFault('materialized view public.m'),
    mend: 'remedy',
  },
  {
    what: 'a materialized view over a view over such a function',
    owner: withPath(
      'CREATE VIEW v AS SELECT code, seats_of(code) AS s FROM plan; CREATE MATERIALIZED VIEW m AS SELECT * FROM v',
    ),
    faults: seatsFault('materialized view public.m'),
    mend: 'remedy',
  },
  {
    what: 'a generated column over such a function',
    owner: `${seats.replace('STABLE', 'IMMUTABLE')} CREATE TABLE g (p text, s int GENERATED ALWAYS AS (seats_of(p)) STORED); INSERT INTO g VALUES ('free')`,
    faults: seatsFault('generated column s of table public.g'),
    mend: 'remedy',
  },
  {
    what: 'a domain over such a function',
    owner: `${seats} CREATE DOMAIN code AS text CONSTRAINT known CHECK (seats_of(VALUE) > 0); CREATE TABLE d (c code); INSERT INTO d VALUES ('free')`,
    faults: seatsFault('domain of column c of table public.d'),
    mend: 'remedy',
  },
  {
    what: 'a CHECK over a PL/pgSQL function that calls one without search_path, in a quoted schema',
    owner: `CREATE SCHEMA "My App"; SET search_path = "My App";
      CREATE TABLE "Plan" (code text); INSERT INTO "Plan" VALUES ('free');
      CREATE FUNCTION "Is Known"(c text) RETURNS boolean LANGUAGE plpgsql STABLE AS 'BEGIN RETURN EXISTS (SELECT FROM "Plan" WHERE code = c); END';
      CREATE TABLE team (p text CHECK ("Is Known"(p))); INSERT INTO team VALUES ('free')`,
    faults: [
      {
        object: 'constraint team_p_check of table "My App".team',
        cause: /function "My App"\."Is Known"\(text\) fails: relation "Plan" does not exist/,
        remedy: /^ALTER FUNCTION "My App"\."Is Known"\(text\) SET search_path = "My App", public$/,
      },
    ],
    mend: 'remedy',
  },
];

test.each(rows)('$what', ({ superuser = '', owner = '', migration = '', faults = [], leftOut = [], mend }) =>
  withTarget(async (target) => {
    const fill = (sql: string) => sql.replaceAll('$role', target.role).replaceAll('$other', target.other);
    await target.owner(fill(owner));
    await target.superuser(fill(superuser));

    const trial = await target.trial(migration);

    expect(trial).toEqual({
      faults: faults.map(({ object, cause, remedy }) => ({
        object,
        cause: expect.stringMatching(cause),
        remedy: expect.stringMatching(remedy),
      })),
      leftOut: leftOut.map((named) => expect.objectContaining(identified(fill(named)))),
      notTried: [],
    });
    if (mend === undefined) return;
    await target.superuser(mend === 'remedy' ? (trial.faults[0]?.remedy ?? '') : fill(mend));
    expect(await target.trial(migration)).toMatchObject({ faults: [] });
  }),
);

/** `event trigger note`: what stands last is the identity, but for default privileges, whose kind is two words as well. */
const identified = (named: string) => {
  const [, kind, identity] = /^(extension|event trigger|publication|default privileges) (.*)$/.exec(named) ?? [];
  return { kind, identity };
};
