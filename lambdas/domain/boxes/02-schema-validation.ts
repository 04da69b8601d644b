/** Step 2: what the rules of the schema find. Box 2.1 is a person's: whether the diagram shows what was meant. */
import { count } from '#domain/count';
import { typedColumns } from '#domain/review/rules/data-types';
import { foreignKeysOf } from '#domain/review/rules/foreign-key-index';
import { uniqueOnExistingRows } from '#domain/review/rules/index-conflicts';
import { newNames } from '#domain/review/rules/names';
import { isAppendOnly, ownTables } from '#domain/review/rules/timestamps';
import { keysOf, touchedTables } from '#domain/review/tables-after';
import { byRules, findingsOfReview, type ReviewFacts } from './by-rules';
import type { SchemaDiagram } from './drawn-schema';
import { judgeOf, notApplicable, open, proved, type ReadFacts, type Room } from './room';

export type SchemaFacts = ReviewFacts & {
  /** The tables before and after, as the approver sees them. Documents of version 0.3.0 and before have none. */
  readonly diagram?: SchemaDiagram;
};

export const schemaValidation: Room<2, SchemaFacts> = {
  '2.1': judgeOf<SchemaFacts>()(
    ['migration'],
    ({ diagram }) =>
      diagram
        ? open(
            `the approver looks at the ER diagram (${count(diagram.drawn.tables.length, 'table')} before and after) and attests to it`,
          )
        : open('the approver compares the statements with the ER diagram and attests to it'),
    ['diagram'],
  ),
  '2.2': byRules('2.2', (context) => {
    const names = newNames(context).map(({ name }) => name);
    return names.length === 0
      ? notApplicable('the migration adds no new name')
      : proved(`${count(names.length, 'new name')}, all snake_case, none reserved, none over 63 bytes`, { names });
  }),
  '2.3': byRules('2.3', (context) => {
    const keys = foreignKeysOf(context);
    if (keys.length === 0) return notApplicable('the migration makes no foreign key');
    const onOldRows = keys.filter(({ isNewTable }) => !isNewTable);
    const orphans =
      onOldRows.length === 0
        ? 'all are on new tables, which have no orphans'
        : `${onOldRows.length} on existing tables, whose rows the dry run checks for orphans`;
    return proved(
      `${count(keys.length, 'foreign key')}: the targets exist, the types are equal, each states its ON DELETE action; ${orphans}`,
      {
        foreignKeys: keys.map(({ name, table, columns, references }) => ({ name, table, columns, references })),
      },
    );
  }),
  '2.4': byRules('2.4', (context) => {
    const columns = typedColumns(context);
    return columns.length === 0
      ? notApplicable('the migration adds no column and changes no type')
      : proved(`${count(columns.length, 'column')} with types that fit`, {
          columns: columns.map(({ table, name, type }) => `${table}.${name} ${type}`),
        });
  }),
  '2.5': byRules('2.5', (context) => {
    const tables = ownTables(context).map(({ name }) => name);
    if (tables.length === 0) return notApplicable('the migration creates no table with columns of its own');
    const appendOnly = tables.filter((table) => isAppendOnly(context, table));
    return proved(
      `${count(tables.length, 'new table')} with created_at, and with updated_at that a trigger maintains${appendOnly.length > 0 ? `; a trigger refuses every UPDATE of ${appendOnly.join(', ')}` : ''}`,
      { tables, appendOnly },
    );
  }),
  '2.6': byRules('2.6', (context) => {
    const keys = touchedTables(context)
      .flatMap((table) => keysOf(context, table))
      .filter(({ line }) => line !== null);
    if (keys.length === 0) return notApplicable('the migration makes no index and no unique constraint');
    const onOldRows = uniqueOnExistingRows(context);
    const facts = {
      indexes: keys.map(({ name, table, columns }) => ({ name, table, columns })),
      onExistingRows: onOldRows,
    };
    return onOldRows.length > 0
      ? open(
          `no index is redundant; the dry run shows whether the existing rows of ${onOldRows.join(', ')} are unique: it fails at the first duplicate`,
          facts,
        )
      : proved(
          `${count(keys.length, 'new index', 'new indexes')}: none is redundant, none requires existing rows to be unique`,
          facts,
        );
  }),
};

/** What the rules of this step found. */
export const findingsOfSchema = (facts: ReadFacts<ReviewFacts>) =>
  findingsOfReview(['2.2', '2.3', '2.4', '2.5', '2.6'], facts);
