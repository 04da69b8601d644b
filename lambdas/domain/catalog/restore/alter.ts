/** Puts single values of an object back, one entry per field that has a statement for it. */
import type { CatalogObject, CatalogValue } from '../catalog';
import { literal, literalsOf } from '../clauses';
import { lastPartOf, parentOf } from '../identifiers';
import {
  defaultPrivileges,
  dictionaryOptions,
  familyMembers,
  foreignOptions,
  textSearchMapping,
  typeAttributes,
} from './alter-seldom';
import { sequenceProperties } from './create';
import { restorePrivileges } from './privileges';

type Alteration = {
  readonly object: CatalogObject;
  /** The value to put back; null = PostgreSQL's default. */
  readonly value: CatalogValue;
  readonly now: CatalogValue;
};
type Alter = (alteration: Alteration) => string | readonly string[] | null;

const table =
  (rest: (value: CatalogValue) => string | null): Alter =>
  ({ object: { identity }, value }) => {
    const words = rest(value);
    return words === null ? [] : `ALTER TABLE ${identity} ${words}`;
  };

const column =
  (rest: (value: CatalogValue) => string): Alter =>
  ({ object: { identity }, value }) =>
    `ALTER TABLE ${parentOf(identity)} ALTER COLUMN ${lastPartOf(identity)} ${rest(value)}`;

/** The names of options: `fillfactor='70', user_catalog_table='true'`. */
const optionNames = (options: CatalogValue, prefix: string) =>
  [...String(options ?? '').matchAll(/(?:^|, )("?\w+"?)=/g)].map(([, name]) => prefix + name).join(', ');

const options =
  (owner: (object: CatalogObject) => string, prefix = ''): Alter =>
  ({ object, value, now }) => [
    ...(now ? [`ALTER ${owner(object)} RESET (${optionNames(now, prefix)})`] : []),
    ...(value ? [`ALTER ${owner(object)} SET (${String(value).replace(/(^|, )(?=\w+=)/g, `$1${prefix}`)})`] : []),
  ];

const named = ({ kind, identity }: CatalogObject) => `${kind.toUpperCase()} ${identity}`;

const switches: Readonly<Record<string, string>> = {
  enabled: 'ENABLE',
  disabled: 'DISABLE',
  replica: 'ENABLE REPLICA',
  always: 'ENABLE ALWAYS',
};

const onTable =
  (what: string): Alter =>
  ({ object: { identity }, value }) =>
    `ALTER TABLE ${parentOf(identity)} ${switches[String(value)]} ${what} ${lastPartOf(identity)}`;

const indexTable = ({ definition }: CatalogObject) => `ALTER TABLE ${definition['table']}`;

const sequenceField: Alter = ({ object: { identity, definition } }) =>
  `ALTER SEQUENCE ${identity} ${sequenceProperties(definition)}`;

const columnType: Alter = ({ object: { identity, definition } }) => {
  const name = lastPartOf(identity);
  const collation = definition['collation'] ? ` COLLATE ${definition['collation']}` : '';
  return `ALTER TABLE ${parentOf(identity)} ALTER COLUMN ${name} TYPE ${definition['type']}${collation} USING ${name}::${definition['type']}`;
};

const identityOf: Alter = ({ object: { identity }, value, now }) => {
  const start = `ALTER TABLE ${parentOf(identity)} ALTER COLUMN ${lastPartOf(identity)}`;
  if (!value) return `${start} DROP IDENTITY`;
  const words = `GENERATED ${String(value).toUpperCase()}`;
  return now ? `${start} SET ${words}` : `${start} ADD ${words} AS IDENTITY`;
};

/** Another expression from PostgreSQL 17 on; one that is gone comes back with a new column only. */
const generatedBy: Alter = ({ object: { identity }, value, now }) => {
  const start = `ALTER TABLE ${parentOf(identity)} ALTER COLUMN ${lastPartOf(identity)}`;
  if (!value) return `${start} DROP EXPRESSION`;
  return now ? `${start} SET EXPRESSION AS (${value})` : null;
};

const partition: Alter = ({ object: { identity, definition }, value, now }) =>
  value
    ? `ALTER TABLE ${value} ATTACH PARTITION ${identity} ${definition['partitionBound']}`
    : `ALTER TABLE ${now} DETACH PARTITION ${identity}`;

const parents: Alter = ({ object: { identity }, value, now }) => {
  const [had, has] = [value, now].map((list) => (list ? String(list).split(', ') : []));
  return [
    ...(has ?? []).filter((one) => !had?.includes(one)).map((one) => `ALTER TABLE ${identity} NO INHERIT ${one}`),
    ...(had ?? []).filter((one) => !has?.includes(one)).map((one) => `ALTER TABLE ${identity} INHERIT ${one}`),
  ];
};

/** Only where one label has another text: of two it could not be known which was which. */
const renamedLabel: Alter = ({ object: { identity }, value, now }) => {
  const [had, has] = [value, now].map(literalsOf);
  const differing =
    had?.flatMap((label, index) => (label === has?.[index] ? [] : [{ label, was: has?.[index] }])) ?? [];
  const [only] = differing;
  return had?.length === has?.length && only && differing.length === 1
    ? `ALTER TYPE ${identity} RENAME VALUE ${only.was} TO ${only.label}`
    : null;
};

const byOther: Alter = () => [];

const tableFields: Readonly<Record<string, Alter>> = {
  isUnlogged: table((value) => (value ? 'SET UNLOGGED' : 'SET LOGGED')),
  options: options(({ identity }) => `TABLE ${identity}`),
  toastOptions: options(({ identity }) => `TABLE ${identity}`, 'toast.'),
  hasRowSecurity: table((value) => `${value ? 'ENABLE' : 'DISABLE'} ROW LEVEL SECURITY`),
  forcesRowSecurity: table((value) => `${value ? '' : 'NO '}FORCE ROW LEVEL SECURITY`),
  // With an index it is the index that says so.
  replicaIdentity: table((value) => (value === 'index' ? null : `REPLICA IDENTITY ${value ?? 'DEFAULT'}`)),
  tablespace: table((value) => `SET TABLESPACE ${value ?? 'pg_default'}`),
  partitionOf: partition,
  partitionBound: byOther,
  inherits: parents,
  ofType: table((value) => (value ? `OF ${value}` : 'NOT OF')),
};

const viewFields: Readonly<Record<string, Alter>> = { options: options(named) };

const fields: Readonly<Record<string, Readonly<Record<string, Alter>>>> = {
  table: tableFields,
  // It has no replica identity, and says so.
  'foreign table': {
    ...tableFields,
    replicaIdentity: byOther,
    foreignOptions: foreignOptions(named),
  },
  view: viewFields,
  'materialized view': {
    ...viewFields,
    isPopulated: ({ object: { identity }, value }) =>
      `REFRESH MATERIALIZED VIEW ${identity}${value ? '' : ' WITH NO DATA'}`,
  },
  column: {
    type: columnType,
    collation: columnType,
    default: column((value) => (value === null ? 'DROP DEFAULT' : `SET DEFAULT ${value}`)),
    isNullable: column((value) => (value ? 'DROP NOT NULL' : 'SET NOT NULL')),
    identity: identityOf,
    // DEFAULT from PostgreSQL 16 on; before, a person has to know the type's.
    storage: column((value) => `SET STORAGE ${value ?? 'DEFAULT'}`),
    compression: column((value) => `SET COMPRESSION ${value ?? 'default'}`),
    statisticsTarget: column((value) => `SET STATISTICS ${value ?? -1}`),
    options: options(({ identity }) => `TABLE ${parentOf(identity)} ALTER COLUMN ${lastPartOf(identity)}`),
    foreignOptions: foreignOptions(
      ({ identity }) => `FOREIGN TABLE ${parentOf(identity)} ALTER COLUMN ${lastPartOf(identity)}`,
    ),
    generated: generatedBy,
    generatedAs: byOther,
    inheritedFrom: byOther,
    isAlsoLocal: byOther,
  },
  constraint: {
    triggers: ({ object: { identity }, value }) =>
      value ? null : `ALTER TABLE ${parentOf(identity)} ENABLE TRIGGER ALL`,
    inheritedFrom: byOther,
    isAlsoLocal: byOther,
  },
  index: {
    isValid: ({ object: { identity }, value }) => (value ? `REINDEX INDEX ${identity}` : null),
    isClustered: ({ object, value }) =>
      `${indexTable(object)} ${value ? `CLUSTER ON ${lastPartOf(object.identity)}` : 'SET WITHOUT CLUSTER'}`,
    isReplicaIdentity: ({ object, value }) =>
      value ? `${indexTable(object)} REPLICA IDENTITY USING INDEX ${lastPartOf(object.identity)}` : [],
    statisticsTargets: ({ object: { identity }, value, now }) =>
      [
        ...String(now ?? '')
          .split(', ')
          .map((one) => one.replace(/=.*/, '=-1')),
        ...String(value ?? '').split(', '),
      ]
        .map((one) => one.split('='))
        .flatMap(([number, target]) =>
          target ? [`ALTER INDEX ${identity} ALTER COLUMN ${number} SET STATISTICS ${target}`] : [],
        ),
    // PostgreSQL has no command that detaches an index.
    partitionOf: ({ object: { identity, definition }, value }) => {
      if (definition['constraint']) return [];
      return value ? `ALTER INDEX ${value} ATTACH PARTITION ${identity}` : null;
    },
  },
  sequence: {
    isUnlogged: ({ object: { identity }, value }) => `ALTER SEQUENCE ${identity} SET ${value ? 'UNLOGGED' : 'LOGGED'}`,
    // What is no identity any more gives its name to one that is made with the column.
    isIdentity: ({ object: { identity }, value }) => (value ? `DROP SEQUENCE ${identity}` : []),
    ...Object.fromEntries(
      ['type', 'start', 'increment', 'minimum', 'maximum', 'cache', 'isCycling'].map((field) => [field, sequenceField]),
    ),
    ownedBy: ({ object: { identity, definition }, value }) =>
      definition['isIdentity'] ? [] : `ALTER SEQUENCE ${identity} OWNED BY ${value ?? 'NONE'}`,
  },
  trigger: { enabled: onTable('TRIGGER'), isInherited: byOther },
  rule: { enabled: onTable('RULE') },
  'event trigger': {
    enabled: ({ object: { identity }, value }) => `ALTER EVENT TRIGGER ${identity} ${switches[String(value)]}`,
  },
  type: { labels: renamedLabel, attributes: typeAttributes },
  server: { foreignOptions: foreignOptions(named) },
  'foreign-data wrapper': {
    foreignOptions: foreignOptions(({ identity }) => `FOREIGN DATA WRAPPER ${identity}`),
  },
  'default privileges': { privileges: ({ object, value, now }) => defaultPrivileges(object.identity, value, now) },
  'operator family': { operators: familyMembers('OPERATOR'), functions: familyMembers('FUNCTION') },
  'text search configuration': { mapping: textSearchMapping },
  'text search dictionary': { options: dictionaryOptions },
  domain: {
    default: ({ object: { identity }, value }) =>
      `ALTER DOMAIN ${identity} ${value === null ? 'DROP DEFAULT' : `SET DEFAULT ${value}`}`,
    isNullable: ({ object: { identity }, value }) => `ALTER DOMAIN ${identity} ${value ? 'DROP' : 'SET'} NOT NULL`,
  },
  extension: {
    schema: ({ object: { identity }, value }) => `ALTER EXTENSION ${identity} SET SCHEMA ${value}`,
    version: ({ object: { identity }, value }) => `ALTER EXTENSION ${identity} UPDATE TO ${literal(String(value))}`,
  },
  statistics: {
    statisticsTarget: ({ object: { identity }, value }) => `ALTER STATISTICS ${identity} SET STATISTICS ${value ?? -1}`,
  },
};

/** The statements that give `object` its value of a field back; empty where another object's do, null where none is known. */
export const alterStatements = (field: string, object: CatalogObject, now: CatalogValue): readonly string[] | null => {
  if (field === 'owner') return [`ALTER ${ownedAs(object)} OWNER TO ${object.definition['owner']}`];
  if (field === 'privileges' && object.kind !== 'default privileges') return restorePrivileges(object, now);
  const value = object.definition[field] ?? null;
  const found = fields[object.kind]?.[field]?.({ object, value, now }) ?? null;
  return typeof found === 'string' ? [found] : found;
};

const ownedAs = ({ kind, identity }: CatalogObject) =>
  `${kind === 'window function' ? 'FUNCTION' : kind.replace('-', ' ').toUpperCase()} ${identity}`;
