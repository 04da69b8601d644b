/**
 * What a copy and a restore go without: a role that is no superuser may not make it, and what the copy is for does not need it.
 * Everything else that a restore refuses is a fault.
 */
import type { Catalog, CatalogObject } from '#domain/catalog/catalog';
import type { Contents } from './contents';
import type { DumpObject } from './dump-object';

export type LeftOut = {
  /** As the catalog names it. */
  readonly kind: string;
  readonly identity: string;
  /** The server's words. */
  readonly cause: string;
};

export type RefusedStatement = {
  /** Null for a statement of ours: rows, sequences, large objects. */
  readonly object: DumpObject | null;
  readonly sql: string;
  readonly sqlState: string;
  readonly message: string;
};

const insufficientPrivilege = '42501';

/** Table, function, schema, object: what belongs to an extension is not there without it. */
const isMissing: readonly string[] = ['42P01', '42883', '3F000', '42704'];

/** True when the statement failed because something is not there. */
export const isMissingObject = ({ sqlState }: RefusedStatement): boolean => isMissing.includes(sqlState);

const name = '"(?:[^"]|"")+"|[^\\s";(]+';

const created = (word: string) => new RegExp(`^(?:CREATE|ALTER) ${word}(?: IF NOT EXISTS)? (${name})`);

const defaultPrivileges = new RegExp(
  `^ALTER DEFAULT PRIVILEGES FOR ROLE (${name})(?: IN SCHEMA (${name}))? (?:GRANT|REVOKE) .* ON ([A-Z ]+) (?:TO|FROM) `,
);

type Rule = {
  readonly type: string;
  readonly kind: string;
  /** Left out: only where a privilege is lacking. */
  readonly whateverTheError?: true;
  readonly identityOf: (sql: string) => string | undefined;
};

const rules: readonly Rule[] = [
  // Some extensions refuse every database but one, in words of their own.
  {
    type: 'EXTENSION',
    kind: 'extension',
    whateverTheError: true,
    identityOf: (sql) => created('EXTENSION').exec(sql)?.[1],
  },
  { type: 'EVENT TRIGGER', kind: 'event trigger', identityOf: (sql) => created('EVENT TRIGGER').exec(sql)?.[1] },
  { type: 'PUBLICATION', kind: 'publication', identityOf: (sql) => created('PUBLICATION').exec(sql)?.[1] },
  {
    type: 'DEFAULT ACL',
    kind: 'default privileges',
    identityOf: (sql) => {
      const [, role, schema, what] = defaultPrivileges.exec(sql) ?? [];
      return role && what && `${role}${schema ? ` in ${schema}` : ''} on ${what.toLowerCase()}`;
    },
  },
];

/** Types of statements about something that another statement made, so that they fail where that one was left out. */
const followers: readonly string[] = [
  'ACL',
  'COMMENT',
  'SECURITY LABEL',
  'PUBLICATION TABLE',
  'PUBLICATION TABLES IN SCHEMA',
];

/** A statement that lacks what was left out before is left out with it; `null` names nothing of its own. */
type Verdict = { readonly leftOut: LeftOut | null } | null;

const copied = /^COPY (.+?)(?: \(.*\))? FROM stdin;$/s;
const given = /^SELECT pg_catalog\.setval\( ?(E?)'(.*)', -?\d+, (?:true|false)\);$/s;

/** Of an extension's table or sequence: those of ours are made before, so that they are not missing. */
const rowsOrValue = (sql: string, cause: string): Verdict => {
  const table = copied.exec(sql)?.[1];
  if (table !== undefined) return { leftOut: { kind: 'rows', identity: table, cause } };
  const [, escapes, literal] = given.exec(sql) ?? [];
  if (literal === undefined) return null;
  const sequence = literal.replaceAll("''", "'");
  return {
    leftOut: { kind: 'sequence value', identity: escapes ? sequence.replaceAll('\\\\', '\\') : sequence, cause },
  };
};

/** Null when the restore cannot do without the statement. */
export const leaveOut = (
  { object, sql, sqlState, message }: RefusedStatement,
  earlier: readonly LeftOut[],
): Verdict => {
  const rule = rules.find(({ type }) => type === object?.type);
  if (rule) {
    const identity = rule.identityOf(sql);
    // Its owner, which is set by a statement of its own.
    if (earlier.some((one) => one.kind === rule.kind && one.identity === identity)) return { leftOut: null };
    if (!rule.whateverTheError && sqlState !== insufficientPrivilege) return null;
    return identity === undefined ? null : { leftOut: { kind: rule.kind, identity, cause: message } };
  }
  // PostgreSQL's own objects are the same in every database of the server; only their privileges were changed.
  if (object?.type === 'ACL' && object.schema === 'pg_catalog' && sqlState === insufficientPrivilege)
    return { leftOut: null };
  if (object?.type === 'COMMENT' && object.name.startsWith('EXTENSION ') && sqlState === insufficientPrivilege)
    return { leftOut: { kind: 'comment', identity: object.name.replace('EXTENSION', 'extension'), cause: message } };
  if (earlier.length === 0 || !isMissing.includes(sqlState)) return null;
  if (object === null) return rowsOrValue(sql, message);
  return followers.includes(object.type) ? { leftOut: null } : null;
};

const belongsTo =
  (leftOut: readonly LeftOut[]) =>
  ({ kind, identity }: Pick<CatalogObject, 'kind' | 'identity'>): boolean =>
    leftOut.some(
      (one) =>
        (kind === one.kind && identity === one.identity) ||
        (kind === 'comment' && identity === `${one.kind} ${one.identity}`),
    );

/** The catalog without what was left out of its copy. */
export const withoutLeftOut = ({ objects }: Catalog, leftOut: readonly LeftOut[]): Catalog => {
  const isLeftOut = belongsTo(leftOut);
  return leftOut.length === 0 ? { objects } : { objects: objects.filter((object) => !isLeftOut(object)) };
};

/** What was saved, without what the restore left out: also rows and sequences of extensions that are not there. */
export const expectedAfterRestore = (saved: Contents, leftOut: readonly LeftOut[]): Contents => {
  const isLeftOut = (kind: string, name: string) => leftOut.some((one) => one.kind === kind && one.identity === name);
  return {
    tables: saved.tables.filter(({ table }) => !isLeftOut('rows', table)),
    sequences: saved.sequences.filter(({ sequence }) => !isLeftOut('sequence value', sequence)),
    catalog: withoutLeftOut(saved.catalog, leftOut),
  };
};

/** `extension pg_stat_statements (permission denied to create extension "pg_stat_statements")`, joined. */
export const leftOutInWords = (leftOut: readonly LeftOut[]): string =>
  leftOut.map(({ kind, identity, cause }) => `${kind} ${identity} (${cause})`).join(', ');
