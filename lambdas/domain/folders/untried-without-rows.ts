/** Statements that succeed or fail by the rows that they meet: where a table is empty, the rehearsal has not tried them. */
import type { AlterTableCmd, Node } from 'libpg-query';
import { addsWithoutValue } from '#domain/locks/alter-table-locks';
import { nodeOf, nodesOf, relationName, typeOf } from '#domain/sql/syntax';
import type { ScriptPiece } from './pieces';

export type Untried = {
  readonly line: number;
  /** `schema.table`. */
  readonly table: string;
  /** What happens where there are rows. */
  readonly what: string;
};

const constraintFails: Readonly<Record<string, string>> = {
  CONSTR_CHECK: 'the CHECK fails on any row that does not fulfil it',
  CONSTR_FOREIGN: 'the foreign key fails on any row that refers to nothing',
  CONSTR_UNIQUE: 'UNIQUE fails on equal rows',
  CONSTR_PRIMARY: 'PRIMARY KEY fails on equal rows and on nulls',
  CONSTR_EXCLUSION: 'EXCLUDE fails on rows that exclude each other',
  CONSTR_NOTNULL: 'NOT NULL fails on any row with a null there',
};

const ofConstraint = (definition: Node | undefined): string | null => {
  const constraint = nodeOf(definition, 'Constraint');
  // NOT VALID looks at no row; an index that is there already has looked at all of them.
  if (!constraint || constraint.skip_validation || (constraint.indexname && constraint.contype !== 'CONSTR_PRIMARY'))
    return null;
  return constraintFails[constraint.contype ?? ''] ?? null;
};

const ofNewColumn = (command: AlterTableCmd): string | null => {
  const column = nodeOf(command.def, 'ColumnDef');
  const kinds = nodesOf(column?.constraints, 'Constraint').map(({ contype }) => contype ?? '');
  if (addsWithoutValue(command.def) && kinds.some((kind) => kind === 'CONSTR_NOTNULL' || kind === 'CONSTR_PRIMARY'))
    return `NOT NULL without default fails on any row (column ${column?.colname})`;
  const checked = kinds.find(
    (kind) => kind === 'CONSTR_CHECK' || (kind === 'CONSTR_UNIQUE' && !addsWithoutValue(command.def)),
  );
  return checked ? (constraintFails[checked] ?? null) : null;
};

type Reading = (command: AlterTableCmd) => string | null;

const readings: Readonly<Record<string, Reading>> = {
  AT_AddColumn: ofNewColumn,
  AT_AddConstraint: ({ def }) => ofConstraint(def),
  AT_SetNotNull: ({ name }) => `NOT NULL fails on any row whose ${name} is null`,
  AT_AlterColumnType: ({ name, def }) => {
    const column = nodeOf(def, 'ColumnDef');
    return `${typeOf(column?.typeName)} may not hold the values of ${name}`;
  },
  AT_ValidateConstraint: ({ name }) => `the constraint ${name} fails on any row that does not fulfil it`,
  AT_AddIdentity: () => null,
};

const ofAlterTable = (node: Node): readonly Omit<Untried, 'line'>[] => {
  const altered = nodeOf(node, 'AlterTableStmt');
  if (altered?.objtype !== 'OBJECT_TABLE') return [];
  return nodesOf(altered.cmds, 'AlterTableCmd').flatMap((command) => {
    const partition = nodeOf(command.def, 'PartitionCmd');
    if (command.subtype === 'AT_AttachPartition')
      return [{ table: relationName(partition?.name), what: 'ATTACH PARTITION fails on any row outside its bounds' }];
    const what = readings[command.subtype ?? '']?.(command);
    return what ? [{ table: relationName(altered.relation), what }] : [];
  });
};

const ofOthers = (node: Node): readonly Omit<Untried, 'line'>[] => {
  const index = nodeOf(node, 'IndexStmt');
  if (index?.unique) return [{ table: relationName(index.relation), what: 'the unique index fails on equal rows' }];
  const [update, remove] = [nodeOf(node, 'UpdateStmt'), nodeOf(node, 'DeleteStmt')];
  if (update) return [{ table: relationName(update.relation), what: 'UPDATE changed none' }];
  return remove ? [{ table: relationName(remove.relation), what: 'DELETE deleted none' }] : [];
};

/**
 * What depends on the rows of which table; the caller knows which of them are empty.
 *
 * @example
 * // ALTER TABLE people ADD COLUMN city text NOT NULL
 * untriedWithoutRows(pieces)
 * // [{ line: 1, table: 'public.people', what: 'NOT NULL without default fails on any row (column city)' }]
 */
export const untriedWithoutRows = (pieces: readonly ScriptPiece[]): readonly Untried[] =>
  pieces.flatMap(({ nodes, line }) =>
    nodes.flatMap((node) => [...ofAlterTable(node), ...ofOthers(node)].map((one) => ({ line, ...one }))),
  );

/** One sentence each: what was not tried, because the table had no row. */
export const untriedInWords = (
  fileName: string,
  untried: readonly Untried[],
  isEmpty: (table: string) => boolean,
): readonly string[] =>
  untried
    .filter(({ table }) => isEmpty(table))
    .map(({ line, table, what }) => `${fileName}:${line}: ${table} has 0 rows here, so this was not tried: ${what}`);
