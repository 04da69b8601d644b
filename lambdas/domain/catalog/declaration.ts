/** Writes an object as a person would: the DDL that creates it, and behind it what other statements set. */
import type { CatalogObject, CatalogValue } from './catalog';
import {
  columnClause,
  columnClauseFields,
  commentTarget,
  literal,
  tableStatement,
  tableStatementFields,
  typeStatement,
  typeStatementFields,
} from './clauses';

type Declaration = {
  readonly text: (object: CatalogObject, columns: readonly CatalogObject[]) => string;
  /** The fields that the text shows; all others follow in words. */
  readonly describedFields: readonly string[];
};

const byDefinition: Declaration['text'] = ({ definition }) => String(definition['definition']).replace(/;$/, '');

const asQuery: Declaration['text'] = ({ kind, identity, definition }) =>
  `CREATE ${kind.toUpperCase()} ${identity} AS\n${String(definition['definition']).replace(/;$/, '')}`;

const table: Declaration = {
  text: (object, columns) => tableStatement(object, columns),
  describedFields: tableStatementFields,
};
const functionText: Declaration = { text: byDefinition, describedFields: ['definition'] };
const view: Declaration = { text: asQuery, describedFields: ['definition'] };

/** The fields that a changed definition shows in its text, so that no change is described twice. */
export const describedByDefinition: Readonly<Record<string, readonly string[]>> = {
  constraint: [
    ...['type', 'columns', 'targetTable', 'targetColumns', 'onDelete', 'onUpdate'],
    ...['isValidated', 'isDeferrable', 'isInitiallyDeferred', 'isEnforced'],
  ],
  'domain constraint': ['isValidated'],
  index: ['table', 'method', 'columns', 'isUnique', 'predicate', 'tablespace'],
  trigger: ['function'],
};

const declarations: Readonly<Record<string, Declaration>> = {
  schema: { text: ({ identity }) => `CREATE SCHEMA ${identity}`, describedFields: [] },
  table,
  'foreign table': table,
  column: {
    text: ({ identity, definition }) => `COLUMN ${identity} ${columnClause(definition)}`,
    describedFields: [...columnClauseFields, 'position'],
  },
  constraint: {
    text: ({ identity, definition }) => `CONSTRAINT ${identity} ${definition['definition']}`,
    describedFields: ['definition', ...(describedByDefinition['constraint'] ?? [])],
  },
  index: {
    text: byDefinition,
    describedFields: ['definition', 'constraint', ...(describedByDefinition['index'] ?? [])],
  },
  trigger: { text: byDefinition, describedFields: ['definition', ...(describedByDefinition['trigger'] ?? [])] },
  rule: { text: byDefinition, describedFields: ['definition'] },
  statistics: { text: byDefinition, describedFields: ['definition'] },
  view,
  'materialized view': view,
  function: functionText,
  procedure: functionText,
  'window function': functionText,
  type: { text: typeStatement, describedFields: typeStatementFields },
  privileges: { text: ({ identity }) => `PRIVILEGES ON ${identity}`, describedFields: [] },
  comment: {
    text: ({ identity, definition }) =>
      `COMMENT ON ${commentTarget(identity)} IS ${literal(String(definition['text']))}`,
    describedFields: ['text'],
  },
};

// A new object has these values unless it says otherwise; its owner is the role that made it.
const silent: Readonly<Record<string, CatalogValue>> = {
  isValid: true,
  isValidated: true,
  isPopulated: true,
  enabled: 'enabled',
};

/** One or more lines; `columns` are those of a table, in its order. */
export const declarationOf = (object: CatalogObject, columns: readonly CatalogObject[] = []): string => {
  const { kind, identity, definition } = object;
  const { text, describedFields }: Declaration = declarations[kind] ?? {
    text: () => `${kind.toUpperCase()} ${identity}`,
    describedFields: [],
  };
  const more = Object.entries(definition)
    .filter(([field, value]) => field !== 'owner' && !describedFields.includes(field) && silent[field] !== value)
    .map(([field, value]) => fieldInWords(field, value));
  return text(object, columns) + (more.length ? ` (${more.join('; ')})` : '');
};

// The value says it all: `disabled`.
const isNameless = (field: string, value: CatalogValue) => typeof value === 'boolean' || field === 'enabled';

/** `storage external`, `UNLOGGED`. */
const fieldInWords = (field: string, value: CatalogValue) =>
  (isNameless(field, value) ? '' : `${nameInWords(field)} `) + valueInWords(field, value);

/** `default now() → none`, `valid → INVALID`; null stands for PostgreSQL's default. */
export const changeInWords = (field: string, before: CatalogValue, after: CatalogValue): string => {
  // Nothing said on one side and a claim on the other: the opposite was the case.
  if (typeof (before ?? after) === 'boolean')
    return `${valueInWords(field, before ?? !after)} → ${valueInWords(field, after ?? !before)}`;
  const none = field === 'privileges' ? 'default' : 'none';
  return `${fieldInWords(field, before ?? none)} → ${after ?? none}`;
};

/** `statisticsTarget` → `statistics target`, `isUnlogged` → `unlogged`. */
export const nameInWords = (field: string): string =>
  field
    .replace(/^(is|has)(?=[A-Z])/, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();

const claims: Readonly<Record<string, readonly [whenTrue: string, whenFalse: string]>> = {
  isNullable: ['nullable', 'NOT NULL'],
  isValid: ['valid', 'INVALID'],
  isValidated: ['validated', 'NOT VALID'],
  isEnforced: ['enforced', 'NOT ENFORCED'],
  isDeferrable: ['DEFERRABLE', 'NOT DEFERRABLE'],
  isInitiallyDeferred: ['INITIALLY DEFERRED', 'INITIALLY IMMEDIATE'],
  isUnlogged: ['UNLOGGED', 'LOGGED'],
  isNotNullValidated: ['NOT NULL validated', 'NOT NULL not validated'],
  isNotNullLocal: ['NOT NULL not inherited', 'NOT NULL inherited'],
  hasRowSecurity: ['row security on', 'row security off'],
  forcesRowSecurity: ['row security forced', 'row security not forced'],
};

/** A claim in words, any other value as it is. */
const valueInWords = (field: string, value: CatalogValue): string => {
  if (typeof value !== 'boolean') return String(value);
  const [whenTrue, whenFalse] = claims[field] ?? [nameInWords(field), `not ${nameInWords(field)}`];
  return value ? whenTrue : whenFalse;
};
