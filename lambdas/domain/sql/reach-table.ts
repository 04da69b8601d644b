/**
 * The one table of what reaches beyond a database: statements and functions whose effect is not in the database that they run in.
 * A copy of a database on the same server does not keep it from the target.
 */

/** What is reached. */
export type Reached = 'sessions' | 'roles' | 'databases' | 'server' | 'files' | 'other servers';

export type ReachRow = {
  readonly reached: Reached;
  /** What it acts on, for what the workflow never takes: each calls PreventInTransactionBlock in PostgreSQL's source, and is no migration's business. */
  readonly refusedBecause?: string;
};

/** As the object of "reaches". */
export const reachedInWords: Readonly<Record<Reached, string>> = {
  sessions: 'sessions of the whole server, those in the target too',
  roles: "the server's roles, which all its databases share",
  databases: "the server's databases themselves: their settings, privileges, owners and names",
  server: 'the running server: its configuration, log, statistics, backups or replication',
  files: "files and programs on the server's machine",
  'other servers': 'other servers over the network',
};

/**
 * What a server of its own keeps in: a branch that shares nothing but the machine keeps in the first row, one on a machine of its own
 * files too. Nothing keeps in what goes over the network.
 */
const keptIn: Readonly<Record<'shared' | 'own' | 'own machine', readonly Reached[]>> = {
  shared: [],
  own: ['sessions', 'roles', 'databases', 'server'],
  'own machine': ['sessions', 'roles', 'databases', 'server', 'files'],
};

/** Whose server a branch lies on. */
export type BranchServer = keyof typeof keptIn;

export const isKeptIn = (server: BranchServer, reached: Reached): boolean => keptIn[server].includes(reached);

const row = (reached: Reached, refusedBecause?: string): ReachRow => ({
  reached,
  ...(refusedBecause !== undefined && { refusedBecause }),
});

type Named = ReachRow & { readonly what: string };

const wholeServer = 'the whole server';
const anotherServer = 'another server';

/** By the parser's name of the statement. */
export const statementRows: Readonly<Record<string, Named>> = {
  CreateRoleStmt: { what: 'CREATE ROLE', ...row('roles') },
  AlterRoleStmt: { what: 'ALTER ROLE', ...row('roles') },
  AlterRoleSetStmt: { what: 'ALTER ROLE … SET', ...row('roles') },
  DropRoleStmt: { what: 'DROP ROLE', ...row('roles') },
  GrantRoleStmt: { what: 'GRANT or REVOKE of a role', ...row('roles') },
  DropOwnedStmt: { what: 'DROP OWNED', ...row('databases') },
  ReassignOwnedStmt: { what: 'REASSIGN OWNED', ...row('databases') },
  AlterDatabaseSetStmt: { what: 'ALTER DATABASE … SET', ...row('databases') },
  AlterDatabaseRefreshCollStmt: { what: 'ALTER DATABASE … REFRESH COLLATION VERSION', ...row('databases') },
  AlterSystemStmt: { what: 'ALTER SYSTEM', ...row('server', wholeServer) },
  CreatedbStmt: { what: 'CREATE DATABASE', ...row('databases', wholeServer) },
  DropdbStmt: { what: 'DROP DATABASE', ...row('databases', wholeServer) },
  AlterDatabaseStmt: { what: 'ALTER DATABASE', ...row('databases', wholeServer) },
  CreateTableSpaceStmt: { what: 'CREATE TABLESPACE', ...row('files', wholeServer) },
  DropTableSpaceStmt: { what: 'DROP TABLESPACE', ...row('files', wholeServer) },
  AlterTableSpaceOptionsStmt: { what: 'ALTER TABLESPACE', ...row('server') },
  CreateSubscriptionStmt: { what: 'CREATE SUBSCRIPTION', ...row('other servers', anotherServer) },
  AlterSubscriptionStmt: { what: 'ALTER SUBSCRIPTION', ...row('other servers') },
  DropSubscriptionStmt: { what: 'DROP SUBSCRIPTION', ...row('other servers', anotherServer) },
  ImportForeignSchemaStmt: { what: 'IMPORT FOREIGN SCHEMA', ...row('other servers') },
  LoadStmt: { what: 'LOAD', ...row('files') },
  CheckPointStmt: { what: 'CHECKPOINT', ...row('server') },
};

/** By the parser's name of the object that GRANT, COMMENT, SECURITY LABEL, OWNER TO or RENAME is about. */
export const objectRows: Readonly<Record<string, Named>> = {
  OBJECT_ROLE: { what: 'a statement about a role', ...row('roles') },
  OBJECT_DATABASE: { what: 'a statement about a database', ...row('databases') },
  OBJECT_TABLESPACE: { what: 'a statement about a tablespace', ...row('server') },
  OBJECT_PARAMETER_ACL: { what: 'a statement about a parameter of the server', ...row('roles') },
  OBJECT_SUBSCRIPTION: { what: 'a statement about a subscription', ...row('other servers') },
};

/** Functions of PostgreSQL itself: they count without a schema and with `pg_catalog`. */
const ownFunctions: readonly (readonly [Reached, RegExp])[] = [
  ['sessions', /^pg_(terminate|cancel)_backend$|^pg_log_backend_memory_contexts$/],
  [
    'server',
    /^pg_(reload_conf|rotate_logfile(_old)?|promote|switch_(wal|xlog)|create_restore_point|log_standby_snapshot|logical_emit_message)$/,
  ],
  ['server', /^pg_(start_backup|stop_backup|backup_start|backup_stop)$|^pg_(wal|xlog)_replay_(pause|resume)$/],
  [
    'server',
    /^pg_(create|copy)_(physical|logical)_replication_slot$|^pg_(drop_replication_slot|sync_replication_slots)$/,
  ],
  ['server', /^pg_replication_slot_advance$|^pg_logical_slot_get_(binary_)?changes$|^pg_replication_origin_/],
  ['server', /^pg_stat_reset_(shared|slru|replication_slot|subscription_stats)$|^pg_import_system_collations$/],
  ['server', /^binary_upgrade_/],
  [
    'files',
    /^(be_)?lo_(import|export)$|^pg_read_(binary_)?file(_all|_off_len|_old)*$|^pg_ls_\w*dir\w*$|^pg_stat_file$/,
  ],
];

/** Functions of extensions: an extension lies in any schema. */
const extensionFunctions: readonly (readonly [Reached, RegExp])[] = [
  ['server', /^pg_stat_(statements|kcache|monitor)_reset$|^pg_buffercache_evict\w*$|^pg_wait_sampling_reset_profile$/],
  ['files', /^pg_file_(write|unlink|rename|sync|read|length)$|^pg_logdir_ls$/],
  [
    'other servers',
    /^dblink($|_)|^postgres_fdw_disconnect(_all)?$|^run_command_on_|^(http|https)(_(get|post|put|patch|delete|head))?$/,
  ],
  ['sessions', /^pg_background_launch$/],
];

/** Schemas of extensions in which every function reaches beyond. */
const extensionSchemas: readonly (readonly [Reached, RegExp])[] = [
  [
    'other servers',
    /^(net|supabase_functions|aws_s3|aws_lambda|aws_ml|azure_storage|azure_ai|google_ml|plproxy|amqp|dblink)$/,
  ],
  ['server', /^(cron|pgagent)$/],
];

const firstOf = (rows: readonly (readonly [Reached, RegExp])[], name: string) =>
  rows.find(([, pattern]) => pattern.test(name))?.[0] ?? null;

/** What a call of that function reaches; null when it stays in its database. `schema` is null where the call names none. */
export const functionReach = (schema: string | null, name: string): Reached | null =>
  (schema === null || schema === 'pg_catalog' ? firstOf(ownFunctions, name) : null) ??
  firstOf(extensionFunctions, name) ??
  (schema === null ? null : firstOf(extensionSchemas, schema));

/** Catalogs that all databases share, and those that decide about them: to write into one is to change the server. */
export const sharedCatalogs: Readonly<Record<string, Reached>> = {
  pg_authid: 'roles',
  pg_auth_members: 'roles',
  pg_db_role_setting: 'roles',
  pg_parameter_acl: 'roles',
  pg_database: 'databases',
  pg_tablespace: 'databases',
  pg_shdepend: 'databases',
  pg_shdescription: 'databases',
  pg_shseclabel: 'databases',
  pg_replication_origin: 'server',
  pg_subscription: 'other servers',
};

/** Languages whose functions do what the server's own user may do on its machine. */
export const isUntrustedLanguage = (language: string): boolean => /^(c|pl\w*u|plsh|plr|pljavau)$/.test(language);

/** Without a name the row is called by the words that it found. */
type CodeRow = readonly [what: string | null, reached: Reached, pattern: RegExp];

/**
 * The same statements in code, which no parser of SQL reads: patterns over its words, which are parted by one space. What a string is put
 * in for is `%`, so names may be missing.
 */
export const codeRows: readonly CodeRow[] = [
  [null, 'roles', /\b(?:create|alter|drop) (?:role|user(?! mapping)|group)\b/],
  [null, 'databases', /\b(?:create|alter|drop) database\b/],
  [null, 'files', /\b(?:create|alter|drop) tablespace\b/],
  [null, 'other servers', /\b(?:create|alter|drop) subscription\b/],
  [null, 'other servers', /\bimport foreign schema\b/],
  [null, 'server', /\balter system (?:set|reset)\b/],
  [null, 'databases', /\b(?:drop|reassign) owned\b/],
  ['COPY … PROGRAM', 'files', /(?:^|; ?|\b(?:begin|then|else|loop) )copy (?:(?!;).)*? (?:from|to) program\b/],
  [
    'COPY of a file of the server',
    'files',
    /(?:^|; ?|\b(?:begin|then|else|loop) )copy (?:(?!;).)*? (?:from|to) (?:'|%|\|)/,
  ],
  ['LOAD', 'files', /(?:^|; ?|\b(?:begin|then|else|loop) )load '/],
  ['CHECKPOINT', 'server', /(?:^|; ?|\b(?:begin|then|else|loop) )checkpoint(?: ;|$)/],
  [
    'a statement about a role, database or tablespace',
    'databases',
    /\b(?:comment|security label(?: for [^ ]+)?) on (?:role|database|tablespace|subscription)\b/,
  ],
  [
    'GRANT or REVOKE on a database',
    'databases',
    /\b(?:grant|revoke) (?:(?!;).)*? on (?:database|tablespace|parameter)\b/,
  ],
  // Of a role, which no ON stands in.
  ['GRANT or REVOKE of a role', 'roles', /\b(?:grant|revoke) (?:(?!;| on ).)*?(?:to|from) /],
];
