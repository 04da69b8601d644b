/** The tables as the file will leave them, as far as statements say it; what code in it does shows in the dry run. */
import type { PlainTable } from '#domain/catalog/schema-picture';
import type { SqlStatement } from '#domain/migration/migration';
import { nodeOf, typeOf } from '#domain/sql/syntax';
import type { Changes, ConstraintChange } from './changes/change';
import { changesOf, relationOf } from './changes/changes-of';
import type { ReviewContext } from './context';
import { renamingOf } from './names/renaming';

type Column = PlainTable['columns'][number];
type Tables = Map<string, PlainTable>;

// serial is a way to write a column, not a type.
const storedAs: Readonly<Record<string, string>> = { smallserial: 'smallint', serial: 'integer', bigserial: 'bigint' };

const change = (tables: Tables, name: string, work: (table: PlainTable) => PlainTable) => {
  const table = tables.get(name);
  if (table) tables.set(name, work(table));
};

const changeColumn = (tables: Tables, table: string, column: string, differing: Partial<Column>) =>
  change(tables, table, (one) => ({
    ...one,
    columns: one.columns.map((each) => (each.name === column ? { ...each, ...differing } : each)),
  }));

const enterTables = (tables: Tables, changes: Changes) => {
  for (const { name, parents } of changes.tables) {
    if (tables.has(name)) continue;
    const inherited = parents.flatMap((parent) => tables.get(parent)?.columns ?? []);
    tables.set(name, { name, columns: inherited, foreignKeys: [] });
  }
  for (const { table, name, type, isNotNull } of changes.columns)
    change(tables, table, (one) =>
      one.columns.some((column) => column.name === name)
        ? one
        : {
            ...one,
            columns: [...one.columns, { name, type: storedAs[type] ?? type, isNullable: !isNotNull, isKey: false }],
          },
    );
};

/** As PostgreSQL calls one that was given no name. */
const nameOfKey = ({ name, table, columns }: ConstraintChange) =>
  name ?? `${table.split('.').at(-1)}_${columns.join('_')}_fkey`;

const enterConstraint = (tables: Tables, constraint: ConstraintChange) => {
  const { table, kind, columns, references } = constraint;
  if (kind === 'primary key')
    for (const column of columns) changeColumn(tables, table, column, { isKey: true, isNullable: false });
  if (kind === 'foreign key' && references)
    change(tables, table, (one) => ({
      ...one,
      foreignKeys: [...one.foreignKeys, { name: nameOfKey(constraint), columns, target: references.table }],
    }));
};

const enterCommands = (tables: Tables, { commands }: Changes) => {
  for (const { table, command } of commands) {
    const name = command.name ?? '';
    const type = nodeOf(command.def, 'ColumnDef')?.typeName;
    if (command.subtype === 'AT_AlterColumnType' && type) changeColumn(tables, table, name, { type: typeOf(type) });
    if (command.subtype === 'AT_SetNotNull') changeColumn(tables, table, name, { isNullable: false });
    if (command.subtype === 'AT_DropNotNull') changeColumn(tables, table, name, { isNullable: true });
  }
};

const partIn = (identity: string) => {
  const end = identity.lastIndexOf('.');
  return { table: identity.slice(0, end), name: identity.slice(end + 1) };
};

const strike = (tables: Tables, kind: string, identity: string) => {
  const { table, name } = partIn(identity);
  if (kind === 'table') {
    tables.delete(identity);
    // With the table go the keys that refer to it: DROP … CASCADE, and otherwise they were dropped before.
    for (const one of [...tables.keys()])
      change(tables, one, (each) => ({
        ...each,
        foreignKeys: each.foreignKeys.filter(({ target }) => target !== identity),
      }));
  }
  if (kind === 'column')
    change(tables, table, (one) => ({
      ...one,
      columns: one.columns.filter((column) => column.name !== name),
      foreignKeys: one.foreignKeys.filter(({ columns }) => !columns.includes(name)),
    }));
  if (kind === 'constraint')
    change(tables, table, (one) => ({ ...one, foreignKeys: one.foreignKeys.filter((key) => key.name !== name) }));
};

const renameIn = (tables: Tables, statement: SqlStatement) => {
  const renaming = renamingOf(statement);
  if (!renaming) return;
  const { kind, from, to } = renaming;
  const table = tables.get(from);
  if (kind === 'table' && table) {
    tables.delete(from);
    tables.set(to, { ...table, name: to, formerly: table.formerly ?? from });
    for (const name of [...tables.keys()])
      change(tables, name, (one) => ({
        ...one,
        foreignKeys: one.foreignKeys.map((key) => (key.target === from ? { ...key, target: to } : key)),
      }));
  }
  if (kind === 'column') {
    const [old, now] = [partIn(from), partIn(to)];
    const renamed = (name: string) => (name === old.name ? now.name : name);
    change(tables, old.table, (one) => ({
      ...one,
      columns: one.columns.map((column) => ({ ...column, name: renamed(column.name) })),
      foreignKeys: one.foreignKeys.map((key) => ({ ...key, columns: key.columns.map(renamed) })),
    }));
  }
};

/** `before` are the tables of the target. */
export const schemaAfter = ({ up }: ReviewContext, before: readonly PlainTable[]): readonly PlainTable[] => {
  const tables: Tables = new Map(before.map((table) => [table.name, table]));
  for (const statement of up.flat) {
    // IF NOT EXISTS leaves one that is there as it is.
    if (nodeOf(statement.node, 'CreateStmt') && tables.has(relationOf(statement) ?? '')) continue;
    const changes = changesOf([statement], up.isMade);
    for (const { kind, identity } of up.dropped.filter(({ index }) => index === statement.index))
      strike(tables, kind, identity);
    enterTables(tables, changes);
    for (const constraint of changes.constraints) enterConstraint(tables, constraint);
    enterCommands(tables, changes);
    renameIn(tables, statement);
  }
  return [...tables.values()];
};
