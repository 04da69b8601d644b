/** Box 1.4: the rollback takes back what the migration changes in objects that were there before. */
import type { AlterTableType } from 'libpg-query';
import type { SqlStatement } from '#domain/migration/migration';
import { isTemporary, nodeOf, relationName } from '#domain/sql/syntax';
import type { CommandChange } from '../changes/change';
import { inverseCommands, phraseOf } from '../changes/inverse-commands';
import { isTriggerSwitch, lastingSwitches } from '../changes/trigger-switches';
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

/** A partition goes with its table, and an index's with the index: what the rollback drops needs no DETACH. */
const isDroppedWith = ({ down }: ReviewContext, { table, command }: CommandChange): boolean => {
  if (command.subtype !== 'AT_AttachPartition' && command.subtype !== 'AT_AddInherit') return false;
  const other = nodeOf(command.def, 'PartitionCmd')?.name ?? nodeOf(command.def, 'RangeVar');
  const gone = down.dropped.filter(({ kind }) => kind === 'table' || kind === 'index').map(({ identity }) => identity);
  return gone.includes(table) || gone.includes(relationName(other));
};

/** Of an index nothing detaches. */
const inversesFor = ({ statement, command }: CommandChange): readonly AlterTableType[] =>
  nodeOf(statement.node, 'AlterTableStmt')?.objtype === 'OBJECT_INDEX' && command.subtype === 'AT_AttachPartition'
    ? []
    : inversesOf(command.subtype as AlterTableType);

const switchedOver: readonly (readonly AlterTableType[])[] = [
  ['AT_SetNotNull', 'AT_DropNotNull'],
  ['AT_EnableRowSecurity', 'AT_DisableRowSecurity'],
  ['AT_ForceRowSecurity', 'AT_NoForceRowSecurity'],
  ['AT_SetLogged', 'AT_SetUnLogged'],
];

/** Switched over and back within the file: an even number of changes of the same thing. */
const isTakenBackInFile = (change: CommandChange, commands: readonly CommandChange[]): boolean => {
  const pair = switchedOver.find((subtypes) => subtypes.includes(change.command.subtype as AlterTableType));
  const same = commands.filter(
    (other) =>
      pair?.includes(other.command.subtype as AlterTableType) &&
      other.table === change.table &&
      nameIn(other) === nameIn(change),
  );
  return same.length > 1 && same[0]?.command.subtype !== same.at(-1)?.command.subtype;
};

/** A CHECK that only spares SET NOT NULL its scan comes and goes in one file. */
const isOfOwnConstraint = ({ up }: ReviewContext, { table, command, line }: CommandChange): boolean =>
  command.subtype === 'AT_DropConstraint' &&
  up.dropped.some(
    (one) =>
      one.kind === 'constraint' &&
      one.origin === 'file' &&
      one.identity === `${table}.${command.name}` &&
      one.line === line,
  );

const unansweredAttachment = (change: CommandChange): RuleFinding => ({
  line: change.line,
  message: `ATTACH PARTITION on index ${change.table} (${nameIn(change)}) is not undone: PostgreSQL has no DETACH for indexes, so the rollback has to drop ${change.table} and make it anew`,
});

const unansweredSwitch = (change: CommandChange): RuleFinding => ({
  line: change.line,
  message: `${phraseOf(change.command.subtype as AlterTableType)} on ${change.table}${change.command.name ? ` (${change.command.name})` : ''} is not undone: neither the file nor the rollback switches back what it was before`,
});

const unansweredCommands = (context: ReviewContext): readonly RuleFinding[] => {
  const { changes, rollback } = context;
  const newColumns = new Set(changes.columns.map(({ table, name }) => `${table}.${name}`));
  const lasting = new Set(lastingSwitches(context));
  return changes.commands
    .filter(({ isNewTable, table, command }) => !isNewTable && !newColumns.has(`${table}.${command.name}`))
    .filter((change) => !isDroppedWith(context, change) && !isTakenBackInFile(change, changes.commands))
    .filter((change) => !isOfOwnConstraint(context, change))
    .flatMap((change) => {
      if (isTriggerSwitch(change)) return lasting.has(change) ? [unansweredSwitch(change)] : [];
      if (change.command.subtype === 'AT_AttachPartition' && inversesFor(change).length === 0)
        return [unansweredAttachment(change)];
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
  return (
    rename && {
      from: isElement ? rename.subname : rename.relation?.relname,
      to: rename.newname,
      relation: rename.relation,
    }
  );
};

const unansweredRenames = ({ migration, up }: ReviewContext): readonly RuleFinding[] => {
  const back = migration.rollback.statements.flatMap((statement) => renameIn(statement) ?? []);
  const ofMade = new Set(up.renamed.filter(({ origin }) => origin === 'file').map(({ line }) => line));
  return migration.statements.flatMap((statement) => {
    const rename = renameIn(statement);
    const isAnswered = back.some(
      ({ from, to }) => to === rename?.from || (rename?.from === undefined && from === rename?.to),
    );
    return !rename || isAnswered || ofMade.has(statement.line) || isTemporary(relationName(rename.relation))
      ? []
      : [
          {
            line: statement.line,
            message: `the renaming to ${rename.to} is not undone: the rollback does not rename it to ${rename.from ?? 'its earlier name'}`,
          },
        ];
  });
};

const unansweredDrops = ({ up, down }: ReviewContext): readonly RuleFinding[] => {
  const recreated = new Set(down.created.map(({ kind, identity }) => `${kind} ${identity}`));
  return up.dropped
    .filter(({ origin }) => origin === 'before')
    .filter(({ kind, identity }) => !['column', 'constraint'].includes(kind) && !recreated.has(`${kind} ${identity}`))
    .map(({ kind, identity, line }) => ({
      line,
      message: `${kind} ${identity} is dropped, and the rollback does not create it again`,
    }));
};

export const rollbackMissesChange: Rule = {
  id: 'rollback-misses-change',
  severity: 'warn',
  box: '1.4',
  title: 'The rollback does not undo a change',
  why: 'A changed type, default, nullability or name that stays is the most frequent way in which a rollback runs and leaves another schema.',
  remedy: 'Write the inverse of every ALTER, RENAME and DROP, with the definition as it was before.',
  check: (context) => [...unansweredCommands(context), ...unansweredRenames(context), ...unansweredDrops(context)],
};

export const rollbackIrreversible: Rule = {
  id: 'rollback-irreversible',
  severity: 'warn',
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
