/** Typed access to the syntax tree: nodes come wrapped in an object whose one key is their kind. */
import type { Node, RangeVar, TypeName } from 'libpg-query';

type KindOf<T> = T extends unknown ? keyof T : never;
export type NodeKind = KindOf<Node> & string;
export type NodeOf<K extends NodeKind> = Extract<Node, Readonly<Record<K, unknown>>>[K];

/** The node's content when it is of that kind. */
export const nodeOf = <K extends NodeKind>(node: unknown, kind: K): NodeOf<K> | undefined =>
  (node as Partial<Record<K, NodeOf<K>>> | undefined)?.[kind];

/** The contents of all nodes of that kind in a list. */
export const nodesOf = <K extends NodeKind>(nodes: readonly Node[] | undefined, kind: K): readonly NodeOf<K>[] =>
  (nodes ?? []).map((node) => nodeOf(node, kind)).filter((content) => content !== undefined);

/** The texts of a list of String nodes, such as a qualified name. */
export const stringsOf = (nodes: readonly Node[] | undefined): readonly string[] =>
  nodesOf(nodes, 'String').map(({ sval }) => sval ?? '');

/** Calls `visit` with every node below, the outermost first. */
export const walk = (
  value: unknown,
  visit: (kind: string, content: Readonly<Record<string, unknown>>) => void,
): void => {
  if (typeof value !== 'object' || value === null) return;
  const fields = value as Readonly<Record<string, unknown>>;
  // Each file is walked dozens of times: without a pair made for each field, and without a call for each text and number.
  for (const key of Object.keys(fields)) {
    const inner = fields[key];
    if (typeof inner !== 'object' || inner === null) continue;
    if (!Array.isArray(inner)) visit(key, inner as Readonly<Record<string, unknown>>);
    walk(inner, visit);
  }
};

// What a name without a schema means to a new session of a role without settings of its own.
const defaultSchema = 'public';

/** `schema.name`, unquoted; a name without a schema is taken as public. */
export const qualified = (parts: readonly string[]): string => {
  const name = parts.at(-1) ?? '';
  return `${parts.at(-2) ?? defaultSchema}.${name}`;
};

/** The schema of a session's own tables: they end with it, and are no objects of the database's schema. */
export const temporarySchema = 'pg_temp';

export const isTemporary = (identity: string): boolean => identity.startsWith(`${temporarySchema}.`);

/** `schema.name`; a temporary one without a schema is in pg_temp. */
export const relationName = (relation: RangeVar | undefined): string => {
  const schema = relation?.schemaname ?? (relation?.relpersistence === 't' ? temporarySchema : undefined);
  return qualified(schema ? [schema, relation?.relname ?? ''] : [relation?.relname ?? '']);
};

// PostgreSQL's grammar turns the SQL standard's type words into catalog names; people know the former.
const typeWords: Readonly<Record<string, string>> = {
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  float4: 'real',
  float8: 'double precision',
  bool: 'boolean',
  bpchar: 'character',
  varchar: 'character varying',
  timestamptz: 'timestamp with time zone',
  timestamp: 'timestamp without time zone',
  timetz: 'time with time zone',
  time: 'time without time zone',
  serial4: 'serial',
  serial8: 'bigserial',
  serial2: 'smallserial',
  decimal: 'numeric',
};

/** The type's base name as `format_type` spells it, without length and array brackets. */
export const baseTypeOf = (type: TypeName | undefined): string => {
  const parts = stringsOf(type?.names);
  const name = parts.at(-1) ?? '';
  const schema = parts.at(-2);
  if (schema !== undefined && schema !== 'pg_catalog') return schema === defaultSchema ? name : `${schema}.${name}`;
  return typeWords[name] ?? name;
};

const modifiersOf = (type: TypeName | undefined): string => {
  const numbers = nodesOf(type?.typmods, 'A_Const').map(({ ival }) => ival?.ival ?? 0);
  return numbers.length > 0 ? `(${numbers.join(',')})` : '';
};

/** The type as `format_type` spells it, for example `character varying(20)` or `timestamp(3) with time zone`. */
export const typeOf = (type: TypeName | undefined): string => {
  const base = baseTypeOf(type);
  const modifiers = modifiersOf(type);
  const zone = / with(?:out)? time zone$/.exec(base)?.[0] ?? '';
  const brackets = '[]'.repeat(type?.arrayBounds?.length ?? 0);
  return `${base.slice(0, base.length - zone.length)}${modifiers}${zone}${brackets}`;
};
