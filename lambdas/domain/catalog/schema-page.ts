/** The schema as a page of Markdown: one diagram, and every table with its columns, keys and indexes. */
import { count } from '#domain/count';
import type { Catalog } from './catalog';
import { renderDiagram } from './diagram';
import { type CatalogIndex, type CatalogTable, tablesOf } from './tables';

/** The same catalog gives the same page, so that a difference of two pages is a difference of the schema. */
export const renderSchemaPage = (catalog: Catalog, { title, version }: { title: string; version: string }): string => {
  const tables = tablesOf(catalog);
  const diagram = tables.length ? [['```mermaid', renderDiagram(tables), '```'].join('\n')] : [];
  return `${[`# ${title}`, `Schema of version ${version}: ${count(tables.length, 'table')}.`, ...diagram, ...tables.map(renderTable)].join('\n\n')}\n`;
};

const renderTable = (table: CatalogTable) =>
  [
    `## ${plain(`${table.schema}.${table.name}`)}`,
    ...(table.comment ? [plain(table.comment)] : []),
    grid(
      ['Column', 'Type', 'Null', 'Default', 'Comment'],
      table.columns.map(({ name, type, isNullable, default: value, comment }) => [
        code(name),
        code(type),
        isNullable ? 'yes' : 'no',
        value === null ? '' : code(value),
        plain(comment ?? ''),
      ]),
    ),
    list('Keys', keysOf(table)),
    list('Indexes', table.indexes.filter(({ constraint }) => constraint === null).map(renderIndex)),
  ]
    .filter(Boolean)
    .join('\n\n');

const names = (columns: readonly string[]) => code(columns.map((name) => name || '(expression)').join(', '));

const keysOf = ({ primaryKey, foreignKeys, indexes }: CatalogTable) => [
  ...(primaryKey.length ? [`primary key ${names(primaryKey)}`] : []),
  ...indexes
    .filter(({ constraint, isUnique, columns }) => constraint && isUnique && String(columns) !== String(primaryKey))
    .map(({ constraint, columns }) => `unique ${names(columns)}, ${code(constraint ?? '')}`),
  ...foreignKeys.map(
    ({ name, columns, targetTable, targetColumns, onDelete }) =>
      `foreign key ${names(columns)} to ${code(targetTable)} (${names(targetColumns)}), on delete ${onDelete}, ${code(name)}`,
  ),
];

const renderIndex = ({ name, columns, isUnique, isPartial, isValid }: CatalogIndex) =>
  [
    `${code(name)} on ${names(columns)}`,
    ...(isUnique ? ['unique'] : []),
    ...(isPartial ? ['partial'] : []),
    ...(isValid ? [] : ['**invalid**']),
  ].join(', ');

const list = (title: string, items: readonly string[]) =>
  items.length ? [`${title}:`, '', ...items.map((item) => `- ${item}`)].join('\n') : '';

const grid = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const onOneLine = (text: string) => text.replace(/\s+/g, ' ').trim();

/** A comment is somebody's text: it must not become markup of ours. */
const plain = (text: string) => onOneLine(text).replace(/[\\`*_{}[\]<>#|~]/g, '\\$&');

/** A bar would end the cell, even in code. */
const code = (text: string) => {
  const fence = text.includes('`') ? '``' : '`';
  return `${fence}${onOneLine(text).replaceAll('|', '\\|')}${fence}`;
};
