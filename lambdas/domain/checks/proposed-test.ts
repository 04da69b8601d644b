/**
 * A test to paste into the checks file for a rule that no test has broken. It copies a row of the table with one value changed, so it
 * needs a row there. What cannot be derived stands in angle brackets, which PostgreSQL refuses: such a test cannot pass by itself.
 */
import type { Catalog, CatalogObject } from '#domain/catalog/catalog';
import { lastPartOf, namesOf, parentOf, unquote } from '#domain/catalog/identifiers';
import { isEnum } from '#domain/catalog/made-rules';
import { sqlStateOf } from './broken-rules';

type Column = { readonly written: string; readonly name: string; readonly definition: CatalogObject['definition'] };

const columnsOf = ({ objects }: Catalog, table: string): readonly Column[] =>
  objects
    .filter(({ kind, identity }) => kind === 'column' && parentOf(identity) === table)
    .sort((one, other) => Number(one.definition['position']) - Number(other.definition['position']))
    .map(({ identity, definition }) => {
      const written = lastPartOf(identity);
      return { written, name: unquote(written), definition };
    });

/** A value that hardly any other row has and that a check of the row's own value accepts; null for types without an easy one. */
const otherValue = (type: string, written: string): string | null => {
  if (/^(text|character)/.test(type)) return `${written} || '2'`;
  if (/^(integer|bigint|numeric)/.test(type)) return `${written} + 1000000`;
  if (type === 'uuid') return 'gen_random_uuid()';
  if (/^(date|timestamp)/.test(type)) return `${written} + interval '1000 years'`;
  return null;
};

const isFilledIn = ({ definition }: Column) =>
  definition['default'] != null || definition['identity'] != null || definition['generated'] != null;

/** Names of the columns that a unique rule of the table needs to differ. */
const keyColumns = ({ objects }: Catalog, table: string) =>
  new Set(
    objects
      .filter(
        ({ kind, definition }) => kind === 'index' && definition['isUnique'] === true && definition['table'] === table,
      )
      .flatMap(({ definition }) => namesOf(String(definition['columns'] ?? ''))),
  );

type Change = { readonly values: Readonly<Record<string, string>>; readonly where: string };

/** `INSERT INTO t (…) SELECT … FROM t LIMIT 1`, with these values in place of the row's own. */
const copyOfRow = (catalog: Catalog, table: string, { values, where }: Change): string => {
  const keys = keyColumns(catalog, table);
  const columns = columnsOf(catalog, table)
    .filter((column) => column.name in values || !(isFilledIn(column) || column.definition['generated'] != null))
    .map((column) => {
      const other = keys.has(column.name) ? otherValue(String(column.definition['type']), column.written) : null;
      return { column, value: values[column.name] ?? other ?? column.written };
    });
  const overriding = columns.some(({ column }) => column.definition['identity'] === 'always');
  return `INSERT INTO ${table} (${columns.map(({ column }) => column.written).join(', ')})${overriding ? ' OVERRIDING SYSTEM VALUE' : ''}
SELECT ${columns.map(({ value }) => value).join(', ')} FROM ${table}${where} LIMIT 1;`;
};

const sameAs = (catalog: Catalog, table: string, names: readonly string[], predicate: unknown): string => {
  const all = columnsOf(catalog, table);
  const chosen = names.filter((name) => name !== '');
  const copied = all.filter(({ name }) => chosen.length === 0 || chosen.includes(name));
  const filters = [
    ...copied
      .filter(({ definition }) => definition['isNullable'] === true && chosen.length > 0)
      .map(({ written }) => `${written} IS NOT NULL`),
    ...(typeof predicate === 'string' ? [predicate] : []),
  ];
  return copyOfRow(catalog, table, {
    values: Object.fromEntries(copied.map(({ name, written }) => [name, written])),
    where: filters.length > 0 ? ` WHERE ${filters.join(' AND ')}` : '',
  });
};

const numbers: Readonly<Record<string, (limit: number) => number>> = {
  '>': (limit) => limit,
  '>=': (limit) => limit - 1,
  '<': (limit) => limit,
  '<=': (limit) => limit + 1,
};

/** A value that the condition refuses, where its form is one of the usual ones. */
const refusedValue = (condition: string): string => {
  const bound = /^CHECK \(\([\w"]+ (>=|>|<=|<) \(?'?(-?\d+)'?\)?(?:::[\w ]+)?\)\)$/.exec(condition);
  if (bound) return String(numbers[bound[1] ?? '']?.(Number(bound[2])));
  const longest = /^CHECK \(\((?:char_length|length|character_length)\(.*\) (<=|<) (\d+)\)\)$/.exec(condition);
  if (longest) return `repeat('x', ${Number(longest[2]) + 1})`;
  if (/ = ANY \(/.test(condition) && condition.includes("'")) return `'?'`;
  if (/ <> ''::/.test(condition)) return `''`;
  return `<a value that ${condition} refuses>`;
};

const stranger = (type: string, written: string) =>
  otherValue(type, written) ?? '<a value that the other table does not have>';

const ofConstraint = ({ identity, definition }: CatalogObject, catalog: Catalog): string => {
  const table = parentOf(identity);
  const names = namesOf(String(definition['columns'] ?? ''));
  const [first] = columnsOf(catalog, table).filter(({ name }) => names.includes(name));
  if (definition['type'] === 'exclusion') return sameAs(catalog, table, names, null);
  const value =
    definition['type'] === 'foreign key'
      ? stranger(String(first?.definition['type']), first?.written ?? '')
      : refusedValue(String(definition['definition']));
  return copyOfRow(catalog, table, { values: { [first?.name ?? '']: value }, where: '' });
};

const statementFor = (rule: CatalogObject, catalog: Catalog): string => {
  const { kind, identity, definition } = rule;
  if (kind === 'index')
    return sameAs(
      catalog,
      String(definition['table']),
      namesOf(String(definition['columns'] ?? '')),
      definition['predicate'],
    );
  if (kind === 'column')
    return copyOfRow(catalog, parentOf(identity), { values: { [unquote(lastPartOf(identity))]: 'NULL' }, where: '' });
  if (kind === 'domain') return `SELECT NULL::${identity};`;
  if (kind === 'domain constraint')
    return `SELECT ${refusedValue(String(definition['definition']))}::${parentOf(identity)};`;
  if (isEnum(rule)) return `SELECT 'not in the list'::${identity};`;
  return ofConstraint(rule, catalog);
};

/** A remark above a statement that copies a row of a table, which may be empty. */
const needsRow = (statement: string): readonly string[] => {
  const from = /\bFROM (\S+?)(?: WHERE [^;]*)? LIMIT 1\b/.exec(statement)?.[1];
  return from === undefined ? [] : [`-- It takes a row of ${from}: insert one before where there is none.`];
};

/** Name, expectation and statement. */
export const proposedTest = (rule: CatalogObject, catalog: Catalog): string => {
  const statement = statementFor(rule, catalog);
  return [
    `-- test: ${rule.identity} ${rule.kind === 'column' || rule.kind === 'domain' ? 'takes no null' : 'refuses what it should'}`,
    ...needsRow(statement),
    `-- expect: ${sqlStateOf(rule)}`,
    statement,
  ].join('\n');
};

const statementOf = (events: string, table: string, column: string): string => {
  if (/\bUPDATE\b/.test(events))
    return `UPDATE ${table} SET ${column} = ${column} WHERE ctid = (SELECT ctid FROM ${table} LIMIT 1);`;
  if (/\bDELETE\b/.test(events)) return `DELETE FROM ${table} WHERE ctid = (SELECT ctid FROM ${table} LIMIT 1);`;
  return /\bTRUNCATE\b/.test(events) ? `TRUNCATE ${table};` : '';
};

/** A test that fires the trigger; one that has to refuse is expected to raise. */
export const proposedTriggerTest = (identity: string, catalog: Catalog, mustRefuse: boolean): string => {
  const table = parentOf(identity);
  const text = String(
    catalog.objects.find((one) => one.kind === 'trigger' && one.identity === identity)?.definition['definition'] ?? '',
  );
  const [before = ''] = text.split(' ON ');
  const [first] = columnsOf(catalog, table).filter(({ definition }) => definition['generated'] == null);
  return [
    `-- test: ${identity} fires`,
    ...(mustRefuse ? ['-- expect: P0001'] : []),
    statementOf(before, table, first?.written ?? '') || copyOfRow(catalog, table, { values: {}, where: '' }),
  ].join('\n');
};
