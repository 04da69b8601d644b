/** Reads the changes out of the statements' syntax trees. */
import type { RangeVar } from 'libpg-query';
import type { SqlStatement } from '#domain/migration/migration';
import { isTemporary, nodeOf, nodesOf, qualified, relationName, stringsOf } from '#domain/sql/syntax';
import type { Changes, CommandChange, FunctionChange, IndexChange, TableChange, TriggerChange } from './change';
import { flatten } from './nested-statements';
import { elementsOf, lineOf, type TableOfElement } from './table-elements';

/** Everything in a tree but its positions in the text: equal for expressions that are written alike. */
const shapeOf = (node: unknown): string =>
  JSON.stringify(node, (key, value) => (key === 'location' ? undefined : value));

const tableFrom = (statement: SqlStatement): readonly TableChange[] => {
  const created = nodeOf(statement.node, 'CreateStmt') ?? nodeOf(statement.node, 'CreateForeignTableStmt')?.base;
  const { line } = statement;
  if (created)
    return [
      {
        name: relationName(created.relation),
        parents: nodesOf(created.inhRelations, 'RangeVar').map(relationName),
        hasOwnColumns: nodesOf(created.tableElts, 'TableLikeClause').length === 0 && !created.ofTypename,
        line,
        statement,
      },
    ];
  const selected = nodeOf(statement.node, 'CreateTableAsStmt');
  const into = selected
    ? selected.objtype === 'OBJECT_TABLE' && selected.into
    : nodeOf(statement.node, 'SelectStmt')?.intoClause;
  return into ? [{ name: relationName(into.rel), parents: [], hasOwnColumns: false, line, statement }] : [];
};

const indexFrom = ({ table, isNewTable, statement }: TableOfElement): readonly IndexChange[] => {
  const index = nodeOf(statement.node, 'IndexStmt');
  if (!index) return [];
  const elements = nodesOf(index.indexParams, 'IndexElem');
  return [
    {
      table,
      isNewTable,
      statement,
      line: statement.line,
      name: index.idxname ?? null,
      columns: elements.map(({ name }) => name ?? null),
      isUnique: index.unique === true,
      isPartial: index.whereClause !== undefined,
      signature: shapeOf([index.accessMethod, index.indexParams, index.whereClause]),
      method: index.accessMethod ?? 'btree',
    },
  ];
};

// pg_trigger.h: TRIGGER_TYPE_BEFORE and the event bits.
const beforeBit = 2;
const eventBits = [
  ['insert', 4],
  ['delete', 8],
  ['update', 16],
  ['truncate', 32],
] as const;

const triggerFrom = (statement: SqlStatement): readonly TriggerChange[] => {
  const trigger = nodeOf(statement.node, 'CreateTrigStmt');
  if (!trigger) return [];
  return [
    {
      table: relationName(trigger.relation),
      name: trigger.trigname ?? '',
      function: qualified(stringsOf(trigger.funcname)),
      isBefore: ((trigger.timing ?? 0) & beforeBit) !== 0,
      isRow: trigger.row === true,
      firesOn: eventBits.flatMap(([event, bit]) => (((trigger.events ?? 0) & bit) !== 0 ? [event] : [])),
      line: statement.line,
      statement,
    },
  ];
};

const functionFrom = (statement: SqlStatement): readonly FunctionChange[] => {
  const created = nodeOf(statement.node, 'CreateFunctionStmt');
  if (!created) return [];
  const definition = nodesOf(created.options, 'DefElem').find(({ defname }) => defname === 'as');
  return [
    {
      name: qualified(stringsOf(created.funcname)),
      body: stringsOf(nodeOf(definition?.arg, 'List')?.items)[0] ?? '',
      line: statement.line,
      statement,
    },
  ];
};

const commandsFrom = (inTable: TableOfElement): readonly CommandChange[] => {
  const altered = nodeOf(inTable.statement.node, 'AlterTableStmt');
  return nodesOf(altered?.cmds, 'AlterTableCmd').map((command) => ({
    ...inTable,
    command,
    line: lineOf(
      inTable.statement,
      nodeOf(command.def, 'ColumnDef')?.location ?? nodeOf(command.def, 'Constraint')?.location,
    ),
  }));
};

const addsElement = ({ command }: CommandChange) =>
  command.subtype === 'AT_AddColumn' || command.subtype === 'AT_AddConstraint';

const relations: Readonly<Record<string, (node: SqlStatement['node']) => RangeVar | undefined>> = {
  CreateStmt: (node) => nodeOf(node, 'CreateStmt')?.relation,
  CreateForeignTableStmt: (node) => nodeOf(node, 'CreateForeignTableStmt')?.base?.relation,
  AlterTableStmt: (node) => nodeOf(node, 'AlterTableStmt')?.relation,
  IndexStmt: (node) => nodeOf(node, 'IndexStmt')?.relation,
  CreateTableAsStmt: (node) => nodeOf(node, 'CreateTableAsStmt')?.into?.rel,
  ViewStmt: (node) => nodeOf(node, 'ViewStmt')?.view,
  CreateSeqStmt: (node) => nodeOf(node, 'CreateSeqStmt')?.sequence,
  SelectStmt: (node) => nodeOf(node, 'SelectStmt')?.intoClause?.rel,
};

/** The relation that a statement creates, alters or indexes; null for others. */
export const relationOf = ({ node }: Pick<SqlStatement, 'node'>): string | null => {
  const [kind = ''] = Object.keys(node);
  const relation = relations[kind]?.(node);
  return relation ? relationName(relation) : null;
};

const elementsIn = (inTable: TableOfElement, commands: readonly CommandChange[]) => {
  const created =
    nodeOf(inTable.statement.node, 'CreateStmt') ?? nodeOf(inTable.statement.node, 'CreateForeignTableStmt')?.base;
  const declared = [...(created?.tableElts ?? []), ...commands.filter(addsElement).map(({ command }) => command.def)];
  return declared.map((element) => elementsOf(inTable, element));
};

/** Whether the relation that a statement works on is one that the file makes. */
export type IsMade = (statement: SqlStatement) => boolean;

/** Without knowledge of what is there: made is what any of the statements creates. */
const madeByThese = (flat: readonly SqlStatement[], tables: readonly TableChange[]): IsMade => {
  const made = new Set(tables.map(({ name }) => name));
  for (const statement of flat.filter(({ kind }) => kind === 'ViewStmt' || kind === 'CreateSeqStmt'))
    made.add(relationOf(statement) ?? '');
  return (statement) => made.has(relationOf(statement) ?? '');
};

/**
 * Total: statements that change none of these things give nothing, and neither do temporary tables. CREATE SCHEMA's own elements
 * are looked at too.
 */
export const changesOf = (statements: readonly SqlStatement[], isMade?: IsMade): Changes => {
  const flat = flatten(statements);
  const tables = flat.flatMap(tableFrom).filter(({ name }) => !isTemporary(name));
  const isOnMade = isMade ?? madeByThese(flat, tables);
  const statementsWithTable = flat
    .map((statement): TableOfElement => {
      const table = relationOf(statement) ?? '';
      return { table, isNewTable: isOnMade(statement), statement };
    })
    .filter(({ table }) => !isTemporary(table));
  const withCommands = statementsWithTable.map((inTable) => ({ inTable, commands: commandsFrom(inTable) }));
  const elements = withCommands.flatMap(({ inTable, commands }) => elementsIn(inTable, commands));
  return {
    tables: tables.filter(({ statement }) => isMade?.(statement) ?? true),
    columns: elements.flatMap(({ columns }) => columns),
    constraints: elements.flatMap(({ constraints }) => constraints),
    indexes: statementsWithTable.flatMap(indexFrom),
    triggers: flat.flatMap(triggerFrom).filter(({ table }) => !isTemporary(table)),
    functions: flat.flatMap(functionFrom),
    commands: withCommands.flatMap(({ commands }) => commands),
  };
};
