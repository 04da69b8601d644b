/** Box 3.2: what makes a running application's statements fail, or mean something else. */
import type { AlterTableType, Node } from 'libpg-query';
import { isTemporary, nodeOf, qualified, relationName, stringsOf, typeOf } from '#domain/sql/syntax';
import type { CommandChange } from '../changes/change';
import type { ReviewContext } from '../context';
import { originIn } from '../names/name-book';
import type { Rule, RuleFinding } from '../rule';
import { columnType } from '../tables-after';

const box = '3.2';

const dependents = ({ dependentsOf }: ReviewContext, table: string): string => {
  const names = dependentsOf(table);
  return names.length > 0
    ? `; in the database ${names.join(', ')} ${names.length === 1 ? 'uses' : 'use'} the table`
    : '';
};

const commandsOf = ({ changes }: ReviewContext, subtype: AlterTableType): readonly CommandChange[] =>
  changes.commands.filter(({ isNewTable, command }) => !isNewTable && command.subtype === subtype);

export const columnDropped: Rule = {
  id: 'column-dropped',
  severity: 'stop',
  box,
  title: 'A column is dropped',
  why: 'Every statement of the running application that names it fails from the commit on.',
  remedy: 'Release an application that no longer uses the column first, and drop it in a later migration.',
  check: (context) =>
    commandsOf(context, 'AT_DropColumn').map(({ table, command, line }) => ({
      line,
      message: `column ${table}.${command.name} is dropped${dependents(context, table)}`,
    })),
};

export const columnRetyped: Rule = {
  id: 'column-retyped',
  severity: 'stop',
  box,
  title: 'A column gets another type',
  why: 'Applications read and compare values as the earlier type; a narrower type refuses what was fine before.',
  remedy: 'Add a column of the new type, write both, move the readers over, and drop the old one later.',
  check: (context) =>
    commandsOf(context, 'AT_AlterColumnType').map(({ table, command, line }) => {
      const before = columnType(context, table, command.name ?? '');
      const after = typeOf(nodeOf(command.def, 'ColumnDef')?.typeName);
      return {
        line,
        message: `column ${table}.${command.name} becomes ${after}${before ? `, it was ${before}` : ''}${dependents(context, table)}`,
      };
    }),
};

const addsRequiredColumn = (context: ReviewContext): readonly RuleFinding[] =>
  context.changes.columns
    .filter(
      ({ isNewTable, isNotNull, defaultValue, isIdentity, isGenerated, baseType }) =>
        !isNewTable && isNotNull && defaultValue === null && !isIdentity && !isGenerated && !/serial$/.test(baseType),
    )
    .map(({ table, name, line }) => ({
      line,
      message: `column ${table}.${name} is added NOT NULL without a default: it fails where there are rows, and every INSERT that does not name it fails`,
    }));

export const columnRequired: Rule = {
  id: 'column-required',
  severity: 'stop',
  box,
  title: 'A column becomes mandatory',
  why: 'An INSERT of the running application that leaves the column out fails.',
  remedy: 'Give the column a default, or release an application that fills it first and make it NOT NULL later.',
  check: (context) => [
    ...addsRequiredColumn(context),
    ...commandsOf(context, 'AT_SetNotNull').map(({ table, command, line }) => ({
      line,
      message: `column ${table}.${command.name} becomes NOT NULL: statements that leave it out or empty fail`,
    })),
  ],
};

const narrowedDomains = ({ up }: ReviewContext): readonly RuleFinding[] =>
  up.flat.flatMap(({ node, line }) => {
    const altered = nodeOf(node, 'AlterDomainStmt');
    const what = { C: 'a CHECK is added to', O: 'NOT NULL is set for' }[altered?.subtype ?? ''];
    const domain = qualified(stringsOf(altered?.typeName));
    return what && originIn(up.end, 'type', domain) === 'before'
      ? [{ line, message: `${what} domain ${domain}, which exists already` }]
      : [];
  });

export const constraintNarrows: Rule = {
  id: 'constraint-narrows',
  severity: 'warn',
  box,
  title: 'A constraint narrows what a table takes',
  why: 'Values that the running application writes today may be refused from the commit on.',
  remedy: 'Make sure that the application keeps to the constraint already; look at the values that are there.',
  check: (context) => {
    const { changes, up } = context;
    const added = new Set(changes.columns.map(({ table, name }) => `${table}.${name}`));
    const goesAgain = (table: string, name: string | null) =>
      up.dropped.some((one) => one.origin === 'file' && one.identity === `${table}.${name}`);
    const ofTables = changes.constraints
      .filter(
        ({ isNewTable, table, columns, usingIndex }) =>
          !isNewTable && usingIndex === null && !columns.every((column) => added.has(`${table}.${column}`)),
      )
      .filter(({ table, name }) => !goesAgain(table, name))
      .map(({ kind, name, table, columns, line }) => ({
        line,
        message: `the ${kind} constraint ${name ?? '(unnamed)'} is added to ${table}${columns.length > 0 ? ` (${columns.join(', ')})` : ''}, which exists already`,
      }));
    return [...ofTables, ...narrowedDomains(context)];
  },
};

export const objectDropped: Rule = {
  id: 'object-dropped',
  severity: 'stop',
  box,
  title: 'A table, view, function or type is dropped',
  why: 'Every statement of the running application that uses it fails from the commit on.',
  remedy: 'Release an application that no longer uses it first, and drop it in a later migration.',
  check: (context) => {
    const contracts = ['table', 'view', 'materialized view', 'function', 'type', 'schema', 'sequence', 'foreign table'];
    return (
      context.up.dropped
        .filter(({ kind, origin }) => contracts.includes(kind) && origin === 'before')
        // The rows of a table are gone though it is made anew; of the others lost-when-made-anew tells what is.
        .filter(({ kind, identity }) => kind === 'table' || originIn(context.up.end, kind, identity) !== 'file')
        .map(({ kind, identity, line }) => ({
          line,
          message: `${kind} ${identity} is dropped${kind === 'table' ? dependents(context, identity) : ''}`,
        }))
    );
  },
};

const renamed = [
  'OBJECT_TABLE',
  'OBJECT_COLUMN',
  'OBJECT_VIEW',
  'OBJECT_MATVIEW',
  'OBJECT_FUNCTION',
  'OBJECT_TYPE',
  'OBJECT_SCHEMA',
];

export const nameChanged: Rule = {
  id: 'name-changed',
  severity: 'stop',
  box,
  title: 'Something gets another name',
  why: 'Statements with the earlier name fail from the commit on; there is no moment at which both names work.',
  remedy:
    'Add the new beside the old (a column, or a view under the old name), move the readers over, and remove the old later.',
  check: (context) => {
    const own = new Set(context.up.renamed.filter(({ origin }) => origin === 'file').map((one) => one.line));
    const isMadeType = (names: readonly Node[] | undefined) =>
      originIn(context.up.end, 'type', qualified(stringsOf(names))) !== 'before';
    return context.up.flat.flatMap(({ node, line }) => {
      const rename = nodeOf(node, 'RenameStmt');
      const value = nodeOf(node, 'AlterEnumStmt');
      const moved = nodeOf(node, 'AlterObjectSchemaStmt');
      const table = relationName(rename?.relation ?? moved?.relation);
      if (rename && renamed.includes(rename.renameType ?? '') && !own.has(line) && !isTemporary(table)) {
        const what = rename.renameType === 'OBJECT_COLUMN' ? `column ${table}.${rename.subname}` : table;
        return [
          {
            line,
            message: `${rename.relation ? what : 'an object'} is renamed to ${rename.newname}${dependents(context, table)}`,
          },
        ];
      }
      if (value?.oldVal && !isMadeType(value.typeName))
        return [{ line, message: `the enum value '${value.oldVal}' is renamed to '${value.newVal}'` }];
      return moved && !own.has(line) && !isTemporary(table)
        ? [{ line, message: `${table} moves to schema ${moved.newschema}` }]
        : [];
    });
  },
};
