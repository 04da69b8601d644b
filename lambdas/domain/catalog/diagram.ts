/** Tables and their foreign keys as an entity-relationship diagram in Mermaid's language. */
import { onOneLine } from '#domain/text/visible';
import { partsOf } from './identifiers';
import type { CatalogForeignKey, CatalogTable } from './tables';

/** Starts with `erDiagram`. Foreign keys to tables that are not among these are left out. */
export const renderDiagram = (tables: readonly CatalogTable[]): string => {
  const ids = new Map(tables.map((table, index) => [table.identity, entityId(table, index, tables)]));
  return [
    'erDiagram',
    ...tables.flatMap((table) => [
      `  ${ids.get(table.identity)}["${quoted(`${table.schema}.${table.name}`)}"] {`,
      ...table.columns.map((column) => `    ${attribute(table, column)}`),
      '  }',
    ]),
    ...tables.flatMap((table) =>
      table.foreignKeys.flatMap((key) => {
        const target = ids.get(key.targetTable);
        return target
          ? [`  ${target} ${cardinality(table, key)} ${ids.get(table.identity)} : "${quoted(key.name)}"`]
          : [];
      }),
    ),
  ].join('\n');
};

// Mermaid's own words and signs are not for names: letters, digits and underscores are safe everywhere.
const safe = (text: string) => text.replace(/[^A-Za-z0-9_]+/g, '_').replace(/^(?=[^A-Za-z])/, 'x');

// A quotation mark ends a label, and `%%{…}%%` is an instruction wherever it stands.
const quoted = (text: string) => onOneLine(text).replaceAll(/[^\p{L}\p{N}_.$ -]+/gu, '_');

/** The number only where two tables would have the same id. */
const entityId = (table: CatalogTable, index: number, tables: readonly CatalogTable[]) => {
  const idOf = ({ identity }: CatalogTable) => safe(partsOf(identity).join('_'));
  const id = idOf(table);
  return tables.filter((other) => idOf(other) === id).length > 1 ? `${id}_${index}` : id;
};

/** `character varying(200)` → `character_varying(200)`, `numeric(12,2)` → `numeric(12-2)`. */
const attributeType = (type: string) =>
  type
    .replaceAll(',', '-')
    .replace(/[^A-Za-z0-9_()[\]-]+/g, '_')
    .replace(/^(?=[^A-Za-z])/, 'x');

const attribute = (table: CatalogTable, { name, type, isNullable }: CatalogTable['columns'][number]) => {
  const isAlone = (columns: readonly string[]) => columns.length === 1 && columns[0] === name;
  const keys = [
    ...(table.primaryKey.includes(name) ? ['PK'] : []),
    ...(table.foreignKeys.some(({ columns }) => columns.includes(name)) ? ['FK'] : []),
    ...(table.indexes.some(
      ({ columns, isUnique, isPartial }) => isUnique && !isPartial && isAlone(columns) && !isAlone(table.primaryKey),
    )
      ? ['UK']
      : []),
  ];
  return [
    attributeType(type),
    safe(name),
    ...(keys.length ? [keys.join(', ')] : []),
    ...(isNullable ? [] : ['"not null"']),
  ].join(' ');
};

/** Left the table referred to, right the one that refers: one or none, exactly one; many, at most one. */
const cardinality = (table: CatalogTable, key: CatalogForeignKey) => {
  const isOptional = table.columns.some(({ name, isNullable }) => isNullable && key.columns.includes(name));
  const isUnique = table.indexes.some(
    ({ columns, isUnique: unique, isPartial }) =>
      unique && !isPartial && columns.every((column) => key.columns.includes(column)),
  );
  return `${isOptional ? '|o' : '||'}--${isUnique ? 'o|' : 'o{'}`;
};
