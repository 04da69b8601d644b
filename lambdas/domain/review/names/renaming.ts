/** What a statement gives another name or another schema. */
import type { RangeVar } from 'libpg-query';
import type { SqlStatement } from '#domain/migration/migration';
import { nodeOf, qualified, relationName, stringsOf } from '#domain/sql/syntax';

export type Renaming = {
  /** As SchemaObject has it. */
  readonly kind: string;
  readonly from: string;
  readonly to: string;
};

const relationKinds: Readonly<Record<string, string>> = {
  OBJECT_TABLE: 'table',
  OBJECT_FOREIGN_TABLE: 'foreign table',
  OBJECT_VIEW: 'view',
  OBJECT_MATVIEW: 'materialized view',
  OBJECT_INDEX: 'index',
  OBJECT_SEQUENCE: 'sequence',
};

const namedKinds: Readonly<Record<string, string>> = {
  OBJECT_FUNCTION: 'function',
  OBJECT_PROCEDURE: 'function',
  OBJECT_ROUTINE: 'function',
  OBJECT_AGGREGATE: 'function',
  OBJECT_TYPE: 'type',
  OBJECT_DOMAIN: 'type',
};

const partKinds: Readonly<Record<string, string>> = {
  OBJECT_COLUMN: 'column',
  OBJECT_TABCONSTRAINT: 'constraint',
  OBJECT_TRIGGER: 'trigger',
  OBJECT_POLICY: 'policy',
  OBJECT_RULE: 'rule',
};

const identityOf = (object: unknown): string | null => {
  const names = nodeOf(object, 'ObjectWithArgs')?.objname ?? nodeOf(object, 'List')?.items;
  return names ? qualified(stringsOf(names)) : null;
};

/** Renamed within its schema, or moved to another one; null for other statements. */
export const renamingOf = ({ node }: Pick<SqlStatement, 'node'>): Renaming | null => {
  const rename = nodeOf(node, 'RenameStmt');
  const move = nodeOf(node, 'AlterObjectSchemaStmt');
  const type = rename?.renameType ?? move?.objectType ?? '';
  const relation = rename?.relation ?? move?.relation;
  const part = partKinds[type];
  if (rename && part && relation) {
    const table = relationName(relation);
    return { kind: part, from: `${table}.${rename.subname ?? ''}`, to: `${table}.${rename.newname ?? ''}` };
  }
  const changed: Partial<RangeVar> = rename ? { relname: rename.newname ?? '' } : { schemaname: move?.newschema ?? '' };
  const kind = relationKinds[type];
  if (kind && relation) return { kind, from: relationName(relation), to: relationName({ ...relation, ...changed }) };
  if (rename && type === 'OBJECT_SCHEMA')
    return { kind: 'schema', from: rename.subname ?? '', to: rename.newname ?? '' };
  const identity = identityOf(rename?.object ?? move?.object);
  const named = namedKinds[type];
  if (!named || identity === null) return null;
  const [schema = '', name = ''] = identity.split('.');
  return { kind: named, from: identity, to: rename ? `${schema}.${rename.newname}` : `${move?.newschema}.${name}` };
};
