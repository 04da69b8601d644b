/** What each ALTER TABLE command locks, and what it does meanwhile (tablecmds.c, AlterTableGetLockLevel; documentation of ALTER TABLE). */
import type { AlterTableCmd, AlterTableType, Node } from 'libpg-query';
import { baseTypeOf, nodeOf, nodesOf, typeOf } from '#domain/sql/syntax';
import type { LockMode } from './lock-modes';
import { type FunctionName, isVolatile } from './volatility';

/** What is done to the table's rows while the lock is held. */
export type TableWork = 'none' | 'scan' | 'rewrite' | 'index build' | 'rows';

export type CommandLock = { readonly mode: LockMode; readonly work: TableWork };

// What is not here takes an AccessExclusiveLock and changes the catalog only.
const locks: Partial<Record<AlterTableType, CommandLock>> = {
  AT_ValidateConstraint: { mode: 'ShareUpdateExclusiveLock', work: 'scan' },
  AT_AttachPartition: { mode: 'ShareUpdateExclusiveLock', work: 'none' },
  AT_SetStatistics: { mode: 'ShareUpdateExclusiveLock', work: 'none' },
  AT_SetOptions: { mode: 'ShareUpdateExclusiveLock', work: 'none' },
  AT_ResetOptions: { mode: 'ShareUpdateExclusiveLock', work: 'none' },
  AT_SetRelOptions: { mode: 'ShareUpdateExclusiveLock', work: 'none' },
  AT_ResetRelOptions: { mode: 'ShareUpdateExclusiveLock', work: 'none' },
  AT_ClusterOn: { mode: 'ShareUpdateExclusiveLock', work: 'none' },
  AT_DropCluster: { mode: 'ShareUpdateExclusiveLock', work: 'none' },
  AT_EnableTrig: { mode: 'ShareRowExclusiveLock', work: 'none' },
  AT_EnableAlwaysTrig: { mode: 'ShareRowExclusiveLock', work: 'none' },
  AT_EnableReplicaTrig: { mode: 'ShareRowExclusiveLock', work: 'none' },
  AT_EnableTrigAll: { mode: 'ShareRowExclusiveLock', work: 'none' },
  AT_EnableTrigUser: { mode: 'ShareRowExclusiveLock', work: 'none' },
  AT_DisableTrig: { mode: 'ShareRowExclusiveLock', work: 'none' },
  AT_DisableTrigAll: { mode: 'ShareRowExclusiveLock', work: 'none' },
  AT_DisableTrigUser: { mode: 'ShareRowExclusiveLock', work: 'none' },
  AT_SetLogged: { mode: 'AccessExclusiveLock', work: 'rewrite' },
  AT_SetUnLogged: { mode: 'AccessExclusiveLock', work: 'rewrite' },
  AT_SetTableSpace: { mode: 'AccessExclusiveLock', work: 'rewrite' },
  AT_SetAccessMethod: { mode: 'AccessExclusiveLock', work: 'rewrite' },
  AT_SetExpression: { mode: 'AccessExclusiveLock', work: 'rewrite' },
  AT_AddIdentity: { mode: 'AccessExclusiveLock', work: 'none' },
};

/** What a command's work depends on besides its own words. */
export type CommandContext = {
  /** As `format_type` spells it; null where it is not known. */
  readonly currentType: string | null;
  /** A valid CHECK, or the column itself, shows that no row holds a null there. */
  readonly hasNoNulls: boolean;
  mayBeVolatile(name: FunctionName): boolean;
  /** A domain with a constraint: its values are checked row by row. */
  isConstrained(type: string): boolean;
};

/** True for a new column that no default, sequence or expression fills. */
export const addsWithoutValue = (definition: Node | undefined): boolean => {
  const column = nodeOf(definition, 'ColumnDef');
  const filling = ['CONSTR_DEFAULT', 'CONSTR_IDENTITY', 'CONSTR_GENERATED'];
  const isFilled = nodesOf(column?.constraints, 'Constraint').some(({ contype }) => filling.includes(contype ?? ''));
  return !isFilled && !/serial$/.test(baseTypeOf(column?.typeName));
};

const addColumnWork = (definition: Node | undefined, context: CommandContext): TableWork => {
  const column = nodeOf(definition, 'ColumnDef');
  const constraints = nodesOf(column?.constraints, 'Constraint');
  const has = (contype: string) => constraints.some((one) => one.contype === contype);
  const value = constraints.find(({ contype }) => contype === 'CONSTR_DEFAULT')?.raw_expr;
  const isFilledRowByRow =
    isVolatile(value, context.mayBeVolatile) ||
    context.isConstrained(baseTypeOf(column?.typeName)) ||
    has('CONSTR_IDENTITY') ||
    has('CONSTR_GENERATED');
  if (isFilledRowByRow || /serial$/.test(baseTypeOf(column?.typeName))) return 'rewrite';
  if (has('CONSTR_UNIQUE') || has('CONSTR_PRIMARY')) return 'index build';
  return has('CONSTR_CHECK') || (has('CONSTR_FOREIGN') && value !== undefined) ? 'scan' : 'none';
};

const addConstraintLock = (definition: Node | undefined): CommandLock => {
  const constraint = nodeOf(definition, 'Constraint');
  const checked: TableWork = constraint?.skip_validation ? 'none' : 'scan';
  if (constraint?.contype === 'CONSTR_FOREIGN') return { mode: 'ShareRowExclusiveLock', work: checked };
  if (constraint?.contype === 'CONSTR_CHECK' || constraint?.contype === 'CONSTR_NOTNULL')
    return { mode: 'AccessExclusiveLock', work: checked };
  return { mode: 'AccessExclusiveLock', work: constraint?.indexname ? 'none' : 'index build' };
};

const sizesIn = (type: string) =>
  [...(/\((\d+)(?:,(\d+))?\)/.exec(type) ?? [])].slice(1).map((size) => Number(size ?? 0));

/** Types whose stored values stay as they are: a longer varchar, varchar to text, a wider numeric of the same scale. */
const keepsStorage = (before: string, after: string): boolean => {
  const [from, to] = [before, after].map((type) => type.replace(/\(.*\)/, ''));
  if (before === after) return true;
  if (from === 'character varying' && (to === 'text' || after === 'character varying')) return true;
  if (from === 'text' && after === 'character varying') return true;
  const [[width, scale], [newWidth, newScale]] = [sizesIn(before), sizesIn(after)];
  const isWider = after === to || (width !== undefined && newWidth !== undefined && newWidth >= width);
  return (
    from === to &&
    (from === 'character varying' || from === 'numeric') &&
    isWider &&
    (after === to || scale === newScale)
  );
};

/** `currentType` is the column's type as `format_type` spells it; null where it is not known. */
const retypeWork = (command: AlterTableCmd, currentType: string | null): TableWork => {
  const column = nodeOf(command.def, 'ColumnDef');
  if (column?.raw_default || currentType === null) return 'rewrite';
  return keepsStorage(currentType, typeOf(column?.typeName)) ? 'none' : 'rewrite';
};

export const lockOf = (command: AlterTableCmd, context: CommandContext): CommandLock => {
  switch (command.subtype) {
    case 'AT_AddColumn':
      return { mode: 'AccessExclusiveLock', work: addColumnWork(command.def, context) };
    case 'AT_AddConstraint':
      return addConstraintLock(command.def);
    case 'AT_AlterColumnType':
      return { mode: 'AccessExclusiveLock', work: retypeWork(command, context.currentType) };
    case 'AT_SetNotNull':
      return { mode: 'AccessExclusiveLock', work: context.hasNoNulls ? 'none' : 'scan' };
    default:
      return (command.subtype && locks[command.subtype]) || { mode: 'AccessExclusiveLock', work: 'none' };
  }
};
