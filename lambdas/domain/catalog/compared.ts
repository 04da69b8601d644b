/** What "exactly as before" covers, and what it does not: the one table, which docs/compared.md shows. */

export type Compared = {
  readonly what: string;
  /** How it is compared, or why it is not. */
  readonly how: string;
};

export const compared: readonly Compared[] = [
  {
    what: 'all kinds of schema objects',
    how: 'owner, definition, options, privileges, comment and security label of each, from the catalog',
  },
  {
    what: 'rows',
    how: 'a count and a digest of each table and each column, of configuration tables of extensions too',
  },
  {
    what: 'values of sequences',
    how: 'known again by the column that they feed; a value that only went on is harmless, one that fell back differs',
  },
  { what: 'large objects', how: 'by their number: contents, owner, privileges, comment' },
  {
    what: 'privileges on members of extensions and on built-in objects',
    how: 'against what the extension or initdb gave, as pg_dump does',
  },
  {
    what: 'settings, privileges, owner and comment of the database; settings of roles in it',
    how: 'as the server has them before the migration and after its rollback',
  },
  {
    what: 'roles, memberships, settings of roles, tablespaces, privileges on parameters',
    how: 'where the branch has a server of its own; on the server of the target others work beside it',
  },
];

export const notCompared: readonly (Compared & {
  /** As the sentence in box 13.2 and in the notes of `rehearse` names it. */
  readonly brief: string;
})[] = [
  {
    brief: 'statistics of the planner',
    what: 'statistics of the planner and counters of the activity',
    how: 'PostgreSQL gathers them again',
  },
  {
    brief: 'the order of rows and their place on disk',
    what: 'the order of rows in a table, bloat, visibility, freezing, the files of a tablespace',
    how: 'no query may depend on them',
  },
  {
    brief: 'object numbers',
    what: 'object numbers (OIDs), but for those of large objects',
    how: 'what holds one, such as a column of type oid, is compared as a row',
  },
  {
    brief: 'passwords of roles and user mappings',
    what: 'passwords of roles, options of user mappings',
    how: 'they are secrets, and are never read',
  },
  {
    brief: 'values of options of foreign data that may be secrets',
    what: 'values of options of foreign servers, tables and wrappers, but for those known to be harmless, such as host and table_name',
    how: 'a password or a key may be among them; their names are compared, and the values are never stored',
  },
  {
    brief: 'subscriptions and replication slots',
    what: 'subscriptions, replication slots, prepared transactions',
    how: 'a copy must not connect to other servers; the backup leaves them out too',
  },
  {
    brief: 'privileges in information_schema',
    what: 'privileges on objects of information_schema',
    how: 'PostgreSQL makes it anew with each database, and pg_dump does not write them',
  },
];

const besides = notCompared.map(({ brief }) => brief).join(', ');

const beyondSchema =
  'values of sequences, large objects, roles, settings and privileges of the database (the workflow compares them)';

/** What "exactly" does not cover in a rehearsal of a folder, which compares schemas; rows are compared where some were made. */
export const notComparedInRehearsal = (rows: number): string =>
  rows > 0
    ? `not compared here: ${beyondSchema}; ${besides}. The verdict is on the schema; what the way back does to rows stands below it`
    : `without rows. Not compared here: rows, ${beyondSchema}; ${besides}`;

/** The sentence that stands wherever a rollback is called exact, so that `exact` is not taken for more. */
export const notComparedInWords: string = `not compared: ${besides}`;
