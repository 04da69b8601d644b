/** Box 1.4: the rollback takes back what the migration changes in objects that were there before. */
import type { AlterTableType } from 'libpg-query';
import type { SqlStatement } from '#domain/migration/migration';
import { nodeOf, relationName } from '#domain/sql/syntax';
import type { CommandChange } from '../changes/change';
import { createdObjects } from '../changes/created-objects';
import { droppedObjects } from '../changes/dropped-objects';
import { inverseCommands, phraseOf } from '../changes/inverse-commands';
import type { ReviewContext } from '../context';
import type { Rule, RuleFinding } from '../rule';

const inversesOf = (subtype: AlterTableType): readonly AlterTableType[] => {
  const listed = inverseCommands[subtype];
  return listed === null ? [] : (listed ?? [subtype]);
};

const nameIn = ({ command }: CommandChange) =>
  command.name ??
  nodeOf(command.def, 'ColumnDef')?.colname ??
  nodeOf(command.def, 'Constraint')?.conname ??
  relationName(nodeOf(command.def, 'PartitionCmd')?.name);

const unansweredCommands = ({ changes, rollback }: ReviewContext): readonly RuleFinding[] => {
  const newColumns = new Set(changes.columns.map(({ table, name }) => `${table}.${name}`));
  return changes.commands
    .filter(({ isNewTable, table, command }) => !isNewTable && !newColumns.has(`${table}.${command.name}`))
    .flatMap((change) => {
      const inverses = inversesOf(change.command.subtype as AlterTableType);
      const isAnswered = rollback.commands.some(
        (other) =>
          other.table === change.table &&
          inverses.includes(other.command.subtype as AlterTableType) &&
          nameIn(other) === nameIn(change),
      );
      if (inverses.length === 0 || isAnswered) return [];
      const name = nameIn(change);
      return [
        {
          line: change.line,
          message: `${phraseOf(change.command.subtype as AlterTableType)} on ${change.table}${name && !name.endsWith('.') ? ` (${name})` : ''} is not undone: the rollback has no ${inverses.map(phraseOf).join(' or ')} for it`,
        },
      ];
    });
};

/** Old and new name of what a statement renames. */
const renameIn = ({ node }: SqlStatement) => {
  const rename = nodeOf(node, 'RenameStmt');
  const isElement = rename?.renameType === 'OBJECT_COLUMN' || rename?.renameType === 'OBJECT_TABCONSTRAINT';
  return rename && { from: isElement ? rename.subname : rename.relation?.relname, to: rename.newname, isElement };
};

const unansweredRenames = ({ migration }: ReviewContext): readonly RuleFinding[] => {
  const back = migration.rollback.statements.flatMap((statement) => renameIn(statement) ?? []);
  return migration.statements.flatMap((statement) => {
    const rename = renameIn(statement);
    const isAnswered = back.some(
      ({ from, to }) => to === rename?.from || (rename?.from === undefined && from === rename?.to),
    );
    return !rename || isAnswered
      ? []
      : [
          {
            line: statement.line,
            message: `the renaming to ${rename.to} is not undone: the rollback does not rename it to ${rename.from ?? 'its earlier name'}`,
          },
        ];
  });
};

const unansweredDrops = (context: ReviewContext): readonly RuleFinding[] => {
  const { migration, changes, rollback } = context;
  const recreated = new Set(
    createdObjects(migration.rollback.statements, rollback).map(({ kind, identity }) => `${kind} ${identity}`),
  );
  return droppedObjects(migration.statements, changes)
    .filter(({ kind, identity }) => !['column', 'constraint'].includes(kind) && !recreated.has(`${kind} ${identity}`))
    .map(({ kind, identity, line }) => ({
      line,
      message: `${kind} ${identity} is dropped, and the rollback does not create it again`,
    }));
};

export const rollbackMissesChange: Rule = {
  id: 'rollback-misses-change',
  box: '1.4',
  title: 'The rollback does not undo a change',
  why: 'A changed type, default, nullability or name that stays is the most frequent way in which a rollback runs and leaves another schema.',
  remedy: 'Write the inverse of every ALTER, RENAME and DROP, with the definition as it was before.',
  check: (context) => [...unansweredCommands(context), ...unansweredRenames(context), ...unansweredDrops(context)],
};

export const rollbackIrreversible: Rule = {
  id: 'rollback-irreversible',
  box: '1.4',
  title: 'The change cannot be rolled back',
  why: 'PostgreSQL cannot remove a value from an enum type: the rollback can only leave it there.',
  remedy: 'Use text with a named CHECK for lists that grow, or accept that the value stays and say so in a comment.',
  check: ({ migration }) =>
    migration.statements.flatMap((statement) => {
      const added = nodeOf(statement.node, 'AlterEnumStmt');
      return added && !added.oldVal
        ? [
            {
              line: statement.line,
              message: `no rollback can remove the enum value '${added.newVal}' again`,
            },
          ]
        : [];
    }),
};
