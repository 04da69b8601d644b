/** Columns and constraints, wherever a statement declares them. */
import type { ColumnDef, Constraint, Node } from 'libpg-query';
import type { SqlStatement } from '#domain/migration/migration';
import { lexemesOf } from '#domain/sql/lexemes';
import { baseTypeOf, nodeOf, nodesOf, relationName, stringsOf, typeOf, walk } from '#domain/sql/syntax';
import type { ColumnChange, ConstraintChange, ConstraintKind } from './change';

export type TableOfElement = { readonly table: string; readonly isNewTable: boolean; readonly statement: SqlStatement };

const lineFeed = 0x0a;

/** The file's line of a location in the statement's tree. */
export const lineOf = (statement: SqlStatement, location: number | undefined): number => {
  const before = Buffer.from(statement.sql).subarray(0, Math.max(location ?? 0, 0));
  let { line } = statement;
  for (let at = before.indexOf(lineFeed); at !== -1; at = before.indexOf(lineFeed, at + 1)) line += 1;
  return line;
};

const kinds: Readonly<Record<string, ConstraintKind>> = {
  CONSTR_PRIMARY: 'primary key',
  CONSTR_UNIQUE: 'unique',
  CONSTR_CHECK: 'check',
  CONSTR_FOREIGN: 'foreign key',
  CONSTR_EXCLUSION: 'exclusion',
};

/** The columns an expression names, in order, each once. */
export const columnsIn = (expression: unknown): readonly string[] => {
  const columns = new Set<string>();
  walk({ expression }, (kind, content) => {
    const name = kind === 'ColumnRef' && stringsOf(content['fields'] as readonly Node[] | undefined).at(-1);
    if (name) columns.add(name);
  });
  return [...columns];
};

/** The tree has the default action and a written NO ACTION alike, so only the text shows it. */
const statesOnDelete = (sql: string, location: number): boolean => {
  const text = Buffer.from(sql).toString('latin1');
  let depth = 0;
  let previous = '';
  for (const { start, end } of lexemesOf(text).filter((lexeme) => lexeme.start >= location)) {
    const token = text.slice(start, end).toLowerCase();
    if (token === '(') depth += 1;
    if (token === ')') depth -= 1;
    if (depth < 0 || (depth === 0 && token === ',')) return false;
    if (previous === 'on' && token === 'delete') return true;
    previous = token;
  }
  return false;
};

const columnsOf = (constraint: Constraint, column: string | null): readonly string[] => {
  if (constraint.contype === 'CONSTR_CHECK') return columnsIn(constraint.raw_expr);
  if (constraint.contype === 'CONSTR_EXCLUSION')
    return nodesOf(constraint.exclusions, 'List').flatMap(({ items }) =>
      nodesOf(items, 'IndexElem').flatMap(({ name }) => name ?? []),
    );
  const listed = stringsOf(constraint.contype === 'CONSTR_FOREIGN' ? constraint.fk_attrs : constraint.keys);
  return listed.length > 0 || column === null ? listed : [column];
};

const constraintFrom = (
  inTable: TableOfElement,
  constraint: Constraint,
  column: string | null,
): readonly ConstraintChange[] => {
  const kind = kinds[constraint.contype ?? ''];
  if (!kind) return [];
  const location = constraint.location ?? 0;
  return [
    {
      ...inTable,
      kind,
      name: constraint.conname ?? null,
      columns: columnsOf(constraint, column),
      expression: constraint.raw_expr ?? null,
      references: constraint.pktable
        ? { table: relationName(constraint.pktable), columns: stringsOf(constraint.pk_attrs) }
        : null,
      statesOnDelete: kind === 'foreign key' && statesOnDelete(inTable.statement.sql, location),
      isValidated: constraint.skip_validation !== true,
      usingIndex: constraint.indexname ?? null,
      line: lineOf(inTable.statement, location),
    },
  ];
};

const columnFrom = (inTable: TableOfElement, definition: ColumnDef): ColumnChange => {
  const constraints = nodesOf(definition.constraints, 'Constraint');
  const has = (contype: string) => constraints.some((constraint) => constraint.contype === contype);
  return {
    ...inTable,
    name: definition.colname ?? '',
    type: typeOf(definition.typeName),
    baseType: baseTypeOf(definition.typeName),
    isNotNull: has('CONSTR_NOTNULL') || has('CONSTR_PRIMARY') || has('CONSTR_IDENTITY'),
    isIdentity: has('CONSTR_IDENTITY'),
    isGenerated: has('CONSTR_GENERATED'),
    defaultValue: constraints.find(({ contype }) => contype === 'CONSTR_DEFAULT')?.raw_expr ?? null,
    line: lineOf(inTable.statement, definition.location),
  };
};

type Elements = { readonly columns: readonly ColumnChange[]; readonly constraints: readonly ConstraintChange[] };

/** What one element of CREATE TABLE, or of ADD in ALTER TABLE, declares. */
export const elementsOf = (inTable: TableOfElement, element: Node | undefined): Elements => {
  const definition = nodeOf(element, 'ColumnDef');
  const constraint = nodeOf(element, 'Constraint');
  if (definition)
    return {
      columns: [columnFrom(inTable, definition)],
      constraints: nodesOf(definition.constraints, 'Constraint').flatMap((one) =>
        constraintFrom(inTable, one, definition.colname ?? null),
      ),
    };
  return { columns: [], constraints: constraint ? constraintFrom(inTable, constraint, null) : [] };
};
