/** Which object a statement of a dump is about, as pg_dump says it in the comment before the statement. */

export type DumpObject = {
  /** pg_dump's word: `TABLE`, `EXTENSION`, `ACL`, `MATERIALIZED VIEW DATA` … */
  readonly type: string;
  /** Functions with their arguments, constraints and triggers behind their table. */
  readonly name: string;
  /** Null for what lies in no schema. */
  readonly schema: string | null;
};

// Greedy: whatever a name holds, the last "; Type: " is pg_dump's own.
const header = /^-- (?:Data for )?Name: (.*); Type: ([A-Z ]+); Schema: (.*); Owner: .*$/;

/** Null for any other comment. */
export const parseDumpHeader = (comment: string): DumpObject | null => {
  const [, name, type, schema] = header.exec(comment) ?? [];
  if (name === undefined || type === undefined || schema === undefined) return null;
  return { type, name, schema: schema === '-' ? null : schema };
};

/**
 * @example
 * dumpObjectInWords({ type: 'FUNCTION', name: 'f(integer)', schema: 'app' }) // 'function app.f(integer)'
 */
export const dumpObjectInWords = ({ type, name, schema }: DumpObject): string =>
  // The name of an ACL or a comment begins with the kind of what it belongs to.
  `${type === 'ACL' ? 'the privileges of' : type.toLowerCase()} ${schema === null ? '' : `${schema}.`}${name}`;
