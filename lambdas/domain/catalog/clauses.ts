/** Pieces of DDL made from definitions; names in definitions are quoted already. */
import type { CatalogDefinition, CatalogObject, CatalogValue } from './catalog';
import { lastPartOf } from './identifiers';

const join = (...pieces: readonly (CatalogValue | undefined)[]) => pieces.filter(Boolean).join(' ');

/** `text COLLATE "C" DEFAULT 'new'::text NOT NULL`. */
export const columnClause = (column: CatalogDefinition): string =>
  join(
    String(column['type']),
    column['collation'] && `COLLATE ${column['collation']}`,
    column['generated'] &&
      `GENERATED ALWAYS AS (${column['generated']}) ${String(column['generatedAs']).toUpperCase()}`,
    column['identity'] && `GENERATED ${String(column['identity']).toUpperCase()} AS IDENTITY`,
    column['default'] !== undefined && column['default'] !== null && `DEFAULT ${column['default']}`,
    column['isNullable'] === false && 'NOT NULL',
  );

/** The fields that a column clause shows. */
export const columnClauseFields = [
  'type',
  'collation',
  'generated',
  'generatedAs',
  'identity',
  'default',
  'isNullable',
] as const;

/** Storage parameters as WITH takes them, those of the TOAST table under its prefix; empty when there are none. */
export const storageParameters = (table: CatalogDefinition): string => {
  const toast = String(table['toastOptions'] ?? '').replace(/(^|, )(\w+=)/g, '$1toast.$2');
  return [table['options'], toast].filter(Boolean).join(', ');
};

const tableBody = (table: CatalogDefinition, columns: readonly CatalogObject[], isInLines: boolean) => {
  if (table['partitionOf']) return `PARTITION OF ${table['partitionOf']} ${table['partitionBound']}`;
  if (table['ofType']) return `OF ${table['ofType']}`;
  const own = columns.filter(({ definition }) => !definition['inheritedFrom'] || definition['isAlsoLocal']);
  const lines = own.map((column) => `${lastPartOf(column.identity)} ${columnClause(column.definition)}`);
  return isInLines && lines.length > 1 ? `(\n  ${lines.join(',\n  ')}\n)` : `(${lines.join(', ')})`;
};

/** `CREATE TABLE public.jobs (id bigint NOT NULL, …)`; `columns` in the table's order, each in a line of its own where that is asked for. */
export const tableStatement = (
  { kind, identity, definition }: CatalogObject,
  columns: readonly CatalogObject[],
  { isInLines = false }: { readonly isInLines?: boolean } = {},
): string =>
  join(
    'CREATE',
    definition['isUnlogged'] === true && 'UNLOGGED',
    `${kind.toUpperCase()} ${identity}`,
    tableBody(definition, columns, isInLines),
    definition['inherits'] && `INHERITS (${definition['inherits']})`,
    definition['partitionKey'] && `PARTITION BY ${definition['partitionKey']}`,
    definition['accessMethod'] && `USING ${definition['accessMethod']}`,
    definition['server'] && `SERVER ${definition['server']}`,
    definition['foreignOptions'] && `OPTIONS (${definition['foreignOptions']})`,
    storageParameters(definition) && `WITH (${storageParameters(definition)})`,
    definition['tablespace'] && `TABLESPACE ${definition['tablespace']}`,
  );

/** The fields that a table statement shows. */
export const tableStatementFields = [
  ...['isUnlogged', 'partitionOf', 'partitionBound', 'ofType', 'inherits', 'partitionKey', 'accessMethod'],
  ...['server', 'foreignOptions', 'options', 'toastOptions', 'tablespace'],
] as const;

/** `CREATE TYPE public.mood AS ENUM ('sad', 'ok')`; what cannot be spelled so is only named. */
export const typeStatement = ({ identity, definition }: CatalogObject): string => {
  if (definition['form'] === 'enum') return `CREATE TYPE ${identity} AS ENUM (${definition['labels'] ?? ''})`;
  if (definition['form'] === 'composite') return `CREATE TYPE ${identity} AS (${definition['attributes'] ?? ''})`;
  if (definition['form'] !== 'range') return `CREATE TYPE ${identity}`;
  const options = rangeFields.flatMap((field) => (definition[field] ? [`${field} = ${definition[field]}`] : []));
  return `CREATE TYPE ${identity} AS RANGE (${options.join(', ')})`;
};

const rangeFields = ['subtype', 'subtype_opclass', 'collation', 'canonical', 'subtype_diff', 'multirange_type_name'];

/** The fields that a type statement shows. */
export const typeStatementFields = ['form', 'labels', 'attributes', ...rangeFields] as const;

/** A string constant as SQL writes it. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** String constants, taken apart: `'new', 'it''s, done'`. */
export const literalsOf = (list: CatalogValue): readonly string[] => String(list ?? '').match(/'(?:[^']|'')*'/g) ?? [];

/** `table column public.jobs.status` → `COLUMN public.jobs.status`, as COMMENT ON wants it. */
export const commentTarget = (identity: string): string => {
  const found = commentTargets.find(([kind]) => identity.startsWith(`${kind} `));
  return found ? found[1] + identity.slice(found[0].length) : identity;
};

// pg_identify_object's words on the left, the SQL statement's on the right; the longest of those that begin alike comes first.
const commentTargets: readonly (readonly [string, string])[] = [
  ...['table', 'view', 'materialized view', 'foreign table', 'index', 'composite type'].map(
    (kind) => [`${kind} column`, 'COLUMN'] as const,
  ),
  ['table constraint', 'CONSTRAINT'],
  ['statistics object', 'STATISTICS'],
  ...[
    ...['table', 'index', 'sequence', 'view', 'materialized view', 'foreign table', 'type', 'schema', 'extension'],
    ...['function', 'procedure', 'aggregate', 'trigger', 'event trigger', 'rule', 'policy', 'publication'],
    ...['server', 'foreign-data wrapper', 'operator class', 'operator family', 'operator', 'cast', 'collation'],
    ...['conversion', 'language', 'text search configuration', 'text search dictionary', 'text search parser'],
    ...['text search template', 'access method'],
  ].map((kind) => [kind, kind.replace('-', ' ').toUpperCase()] as const),
];
