/** The schema as a page of Markdown: one diagram, and every table with its columns, keys and indexes. */
import { count } from '#domain/count';
import {
  bullets,
  code,
  codeBlock,
  type Markdown,
  type MarkdownPart,
  markdown,
  paragraphs,
  table,
} from '#domain/text/markdown';
import type { Catalog } from './catalog';
import { renderDiagram } from './diagram';
import { type CatalogIndex, type CatalogTable, tablesOf } from './tables';

/** `version` null = none stands. The same catalog gives the same page, so that a difference of two pages is a difference of the schema. */
export const renderSchemaPage = (
  catalog: Catalog,
  { title, version }: { title: string; version: string | null },
): string => {
  const tables = tablesOf(catalog);
  return paragraphs([
    markdown`# ${title}`,
    `Schema ${version === null ? 'before the first version' : `of version ${version}`}: ${count(tables.length, 'table')}.`,
    ...(tables.length > 0 ? [codeBlock('mermaid', renderDiagram(tables))] : []),
    ...tables.flatMap(tableBlocks),
  ]);
};

const tableBlocks = (one: CatalogTable): readonly MarkdownPart[] => [
  markdown`## ${`${one.schema}.${one.name}`}`,
  one.comment,
  table(
    ['Column', 'Type', 'Null', 'Default', 'Comment'],
    one.columns.map(({ name, type, isNullable, default: value, comment }) => [
      code(name),
      code(type),
      isNullable ? 'yes' : 'no',
      code(value ?? ''),
      comment,
    ]),
  ),
  ...titledList('Keys:', keysOf(one)),
  ...titledList('Indexes:', one.indexes.filter(({ constraint }) => constraint === null).map(renderIndex)),
];

const names = (columns: readonly string[]) => code(columns.map((name) => name || '(expression)').join(', '));

const keysOf = ({ primaryKey, foreignKeys, indexes }: CatalogTable): readonly Markdown[] => [
  ...(primaryKey.length ? [markdown`primary key ${names(primaryKey)}`] : []),
  ...indexes
    .filter(({ constraint, isUnique, columns }) => constraint && isUnique && String(columns) !== String(primaryKey))
    .map(({ constraint, columns }) => markdown`unique ${names(columns)}, ${code(constraint ?? '')}`),
  ...foreignKeys.map(
    ({ name, columns, targetTable, targetColumns, onDelete }) =>
      markdown`foreign key ${names(columns)} to ${code(targetTable)} (${names(targetColumns)}), on delete ${onDelete}, ${code(name)}`,
  ),
];

const renderIndex = ({ name, columns, isUnique, isPartial, isValid }: CatalogIndex): Markdown =>
  markdown`${code(name)} on ${names(columns)}${isUnique ? ', unique' : ''}${isPartial ? ', partial' : ''}${isValid ? '' : markdown`, **invalid**`}`;

const titledList = (title: string, items: readonly Markdown[]): readonly MarkdownPart[] =>
  items.length > 0 ? [title, bullets(items)] : [];
