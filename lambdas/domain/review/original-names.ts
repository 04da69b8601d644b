/** Follows tables through a migration that renames them: what is known of a table is known by the name that it had before. */
import type { RangeVar } from 'libpg-query';
import type { SqlStatement } from '#domain/migration/migration';
import { nodeOf, relationName } from '#domain/sql/syntax';
import type { SchemaObject } from './changes/created-objects';
import { spaceOf } from './names/name-book';

/** `at` is a statement's position in the file; all names are `schema.name`. */
export type TableNames = {
  /** The name that the table had before the migration; null for one that the migration creates. */
  original(name: string, at: number): string | null;
  /** The name of an existing table when that statement begins. */
  current(original: string, at: number): string;
};

type Renaming = { readonly index: number; readonly from: string; readonly to: string };

const renamingOf = ({ index, node }: SqlStatement): readonly Renaming[] => {
  const rename = nodeOf(node, 'RenameStmt');
  const move = nodeOf(node, 'AlterObjectSchemaStmt');
  const renaming = (relation: RangeVar, changed: Partial<RangeVar>) => [
    { index, from: relationName(relation), to: relationName({ ...relation, ...changed }) },
  ];
  if (rename?.renameType === 'OBJECT_TABLE' && rename.relation)
    return renaming(rename.relation, { relname: rename.newname ?? '' });
  return move?.objectType === 'OBJECT_TABLE' && move.relation
    ? renaming(move.relation, { schemaname: move.newschema ?? '' })
    : [];
};

export const followNames = (statements: readonly SqlStatement[], created: readonly SchemaObject[]): TableNames => {
  const renamings = statements.flatMap(renamingOf);
  const madeAt = new Map(
    created
      .filter(({ kind }) => spaceOf(kind) === 'relation')
      .map(({ identity, statement }) => [identity, statement.index]),
  );
  const isMade = (name: string, after: number, until: number) => {
    const at = madeAt.get(name) ?? Number.POSITIVE_INFINITY;
    return after < at && at <= until;
  };
  const before = (at: number) => renamings.filter(({ index }) => index < at);
  return {
    original: (name, at) => {
      let [known, until] = [name, at];
      for (const { index, from, to } of before(at).reverse()) {
        if (isMade(known, index, until)) return null;
        if (to === known) known = from;
        until = index;
      }
      return isMade(known, -1, until) ? null : known;
    },
    current: (original, at) => before(at).reduce((known, { from, to }) => (from === known ? to : known), original),
  };
};
