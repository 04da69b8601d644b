/** What the migration's statements need from the role that runs them, asked before the first one runs. */
import type { RangeVar } from 'libpg-query';
import type { Migration, SqlStatement } from '#domain/migration/migration';
import { nodeOf, nodesOf, qualified, relationName, stringsOf, temporarySchema, walk } from '#domain/sql/syntax';
import { changesOf } from './changes/changes-of';
import { createdObjects } from './changes/created-objects';
import { type DroppedObject, droppedObjects } from './changes/dropped-objects';
import { follow } from './names/follow';
import { emptyBook } from './names/name-book';
import type { SearchPath } from './names/search-path';

export type PrivilegeNeed =
  | { readonly kind: 'create in schema'; readonly schema: string }
  | { readonly kind: 'own relation'; readonly relation: string }
  | { readonly kind: 'reference relation'; readonly relation: string }
  | { readonly kind: 'change rows'; readonly relation: string; readonly privilege: RowPrivilege };

/** PostgreSQL's words. */
export type RowPrivilege = 'INSERT' | 'UPDATE' | 'DELETE' | 'TRUNCATE';

// Kinds whose identity is `schema.name`; an index and a trigger need the table's owner instead.
const inSchemas = [
  'table',
  'foreign table',
  'view',
  'materialized view',
  'sequence',
  'function',
  'type',
  'operator',
  'collation',
  'statistics',
];

const alteredRelation = ({ node }: SqlStatement): string | null => {
  const relation =
    nodeOf(node, 'AlterTableStmt')?.relation ??
    nodeOf(node, 'IndexStmt')?.relation ??
    nodeOf(node, 'CreateTrigStmt')?.relation ??
    nodeOf(node, 'CreatePolicyStmt')?.table ??
    nodeOf(node, 'RuleStmt')?.relation ??
    nodeOf(node, 'RenameStmt')?.relation ??
    nodeOf(node, 'AlterObjectSchemaStmt')?.relation ??
    nodeOf(node, 'AlterSeqStmt')?.sequence;
  return relation ? relationName(relation) : null;
};

const commentedRelations = [
  'OBJECT_TABLE',
  'OBJECT_FOREIGN_TABLE',
  'OBJECT_VIEW',
  'OBJECT_MATVIEW',
  'OBJECT_SEQUENCE',
  'OBJECT_INDEX',
];
const commentedParts = ['OBJECT_COLUMN', 'OBJECT_TABCONSTRAINT', 'OBJECT_TRIGGER', 'OBJECT_POLICY', 'OBJECT_RULE'];

/** COMMENT ON is for owners; a part of a table is commented by the table's. */
const commentedRelation = ({ node }: SqlStatement): string | null => {
  const { objtype = '', object } = nodeOf(node, 'CommentStmt') ?? {};
  const names = stringsOf(nodeOf(object, 'List')?.items);
  if (commentedRelations.includes(objtype)) return qualified(names);
  return commentedParts.includes(objtype) ? qualified(names.slice(0, -1)) : null;
};

/** A partition is attached to a table of the same owner, a child inherits from one. */
const parentRelations = ({ node }: SqlStatement): readonly string[] =>
  nodesOf(nodeOf(node, 'CreateStmt')?.inhRelations, 'RangeVar').map(relationName);

const droppedRelations = ['table', 'view', 'materialized view', 'sequence', 'index', 'foreign table'];
const droppedParts = ['trigger', 'policy', 'rule'];

const relationOfDropped = ({ kind, identity }: DroppedObject): readonly string[] => {
  if (droppedRelations.includes(kind)) return [identity];
  return droppedParts.includes(kind) ? [identity.slice(0, identity.lastIndexOf('.'))] : [];
};

type RowChange = { readonly relation: string; readonly privilege: RowPrivilege };

/** Also of statements inside others, such as a DELETE in a WITH. What a MERGE does is said by its WHEN clauses. */
const rowChangesOf = ({ node }: SqlStatement): readonly RowChange[] => {
  const found: RowChange[] = [];
  const add = (privilege: RowPrivilege, ...relations: readonly (RangeVar | undefined)[]) => {
    for (const relation of relations) if (relation) found.push({ relation: relationName(relation), privilege });
  };
  walk(node, (kind, content) => {
    const statement = { [kind]: content };
    add('UPDATE', nodeOf(statement, 'UpdateStmt')?.relation);
    add('DELETE', nodeOf(statement, 'DeleteStmt')?.relation);
    add('TRUNCATE', ...nodesOf(nodeOf(statement, 'TruncateStmt')?.relations, 'RangeVar'));
    const insert = nodeOf(statement, 'InsertStmt');
    add('INSERT', insert?.relation);
    if (insert?.onConflictClause?.action === 'ONCONFLICT_UPDATE') add('UPDATE', insert.relation);
    const merge = nodeOf(statement, 'MergeStmt');
    for (const { commandType } of nodesOf(merge?.mergeWhenClauses, 'MergeWhenClause')) {
      const privilege = mergePrivileges[commandType ?? ''];
      if (privilege) add(privilege, merge?.relation);
    }
  });
  return found;
};

const mergePrivileges: Readonly<Record<string, RowPrivilege>> = {
  CMD_INSERT: 'INSERT',
  CMD_UPDATE: 'UPDATE',
  CMD_DELETE: 'DELETE',
};

const once = (needs: readonly PrivilegeNeed[]): readonly PrivilegeNeed[] => [
  ...new Map(needs.map((need) => [JSON.stringify(need), need])).values(),
];

/**
 * Lists what the role that runs the statements needs. Each need once; nothing for objects and schemas that the migration creates
 * itself.
 *
 * @example
 * // ALTER TABLE jobs ADD COLUMN note text
 * privilegeNeeds(migration) // [{ kind: 'own relation', relation: 'public.jobs' }]
 */
export const privilegeNeeds = (
  migration: Pick<Migration, 'statements'>,
  searchPath?: SearchPath,
): readonly PrivilegeNeed[] => {
  // By the search_path of the session and of the file; what is there is looked up by whoever answers.
  const { flat: statements } = follow(migration.statements, emptyBook(false), searchPath);
  const changes = changesOf(statements);
  const created = createdObjects(statements, changes);
  const own = new Set(created.map(({ identity }) => identity));
  const schemas = created
    .filter(({ kind }) => inSchemas.includes(kind))
    .map(({ identity }) => identity.split('.')[0] ?? '');
  const owned = [
    ...statements.flatMap((statement) => alteredRelation(statement) ?? commentedRelation(statement) ?? []),
    ...statements.flatMap(parentRelations),
    ...droppedObjects(statements, changes).flatMap(relationOfDropped),
  ];
  const referenced = changes.constraints.flatMap(({ references }) => references?.table ?? []);
  return once([
    ...schemas
      .filter((schema) => !own.has(schema) && schema !== temporarySchema)
      .map((schema) => ({ kind: 'create in schema' as const, schema })),
    ...owned.filter((relation) => !own.has(relation)).map((relation) => ({ kind: 'own relation' as const, relation })),
    ...referenced
      .filter((relation) => !own.has(relation))
      .map((relation) => ({ kind: 'reference relation' as const, relation })),
    ...statements
      .flatMap(rowChangesOf)
      .filter(({ relation }) => !own.has(relation))
      .map((change) => ({ kind: 'change rows' as const, ...change })),
  ]);
};
