/** Statements that make objects of kinds that few schemas have. */
import type { CatalogObject, CatalogValue } from '../catalog';
import { literal } from '../clauses';
import { splitList } from './lists';

const words = (...pieces: readonly unknown[]) => pieces.filter((piece) => typeof piece === 'string').join(' ');

/** `int4pl(integer,integer)` → `int4pl`: where PostgreSQL knows the arguments already. */
const withoutArguments = (name: CatalogValue) => String(name).replace(/\(.*$/s, '');

/** `NAME = value` for each field that has one. */
const settings = ({ definition }: CatalogObject, names: Readonly<Record<string, (value: string) => string>>) =>
  Object.entries(names).flatMap(([field, write]) => {
    const value = definition[field];
    return value === undefined || value === null ? [] : [write(String(value))];
  });

const asIs = (name: string) => (value: string) => `${name} = ${value}`;
const asFunction = (name: string) => (value: string) => `${name} = ${withoutArguments(value)}`;
const asText = (name: string) => (value: string) => `${name} = ${literal(value)}`;
const asFlag = (name: string) => () => name;
/** An operator's name is no name of a function: it needs its schema in OPERATOR(). */
const asOperator = (name: string) => (value: string) => `${name} = OPERATOR(${withoutArguments(value)})`;

const aggregateSettings = {
  ...{ sfunc: asFunction('SFUNC'), stype: asIs('STYPE'), sspace: asIs('SSPACE'), finalfunc: asFunction('FINALFUNC') },
  ...{ finalfunc_extra: asFlag('FINALFUNC_EXTRA'), finalfunc_modify: asIs('FINALFUNC_MODIFY') },
  ...{ combinefunc: asFunction('COMBINEFUNC'), serialfunc: asFunction('SERIALFUNC') },
  ...{ deserialfunc: asFunction('DESERIALFUNC'), initcond: asText('INITCOND'), msfunc: asFunction('MSFUNC') },
  ...{ minvfunc: asFunction('MINVFUNC'), mstype: asIs('MSTYPE'), mssspace: asIs('MSSPACE') },
  ...{ mfinalfunc: asFunction('MFINALFUNC'), mfinalfunc_extra: asFlag('MFINALFUNC_EXTRA') },
  ...{ mfinalfunc_modify: asIs('MFINALFUNC_MODIFY'), minitcond: asText('MINITCOND'), sortop: asOperator('SORTOP') },
  parallel: asIs('PARALLEL'),
};

/** One with ordered arguments says more in its arguments than can be taken apart safely. */
const createAggregate = (aggregate: CatalogObject): string | null =>
  aggregate.definition['form']
    ? null
    : `CREATE AGGREGATE ${withoutArguments(aggregate.identity)}(${aggregate.definition['arguments'] || '*'}) (${settings(aggregate, aggregateSettings).join(', ')})`;

const createOperator = (operator: CatalogObject): string => {
  const [, name = '', operands = ''] = /^(.*)\((.*)\)$/s.exec(operator.identity) ?? [];
  const [left = '', right = ''] = splitList(operands);
  const parts = [
    ...settings(operator, { function: asFunction('FUNCTION') }),
    ...(left && left !== 'NONE' ? [`LEFTARG = ${left}`] : []),
    ...(right && right !== 'NONE' ? [`RIGHTARG = ${right}`] : []),
    ...settings(operator, {
      ...{ commutator: asOperator('COMMUTATOR'), negator: asOperator('NEGATOR') },
      ...{ restrict: asFunction('RESTRICT'), join: asFunction('JOIN') },
      ...{ canHash: asFlag('HASHES'), canMerge: asFlag('MERGES') },
    }),
  ];
  return `CREATE OPERATOR ${name} (${parts.join(', ')})`;
};

const createConversion = ({ identity, definition }: CatalogObject): string =>
  words(
    definition['isDefault'] ? 'CREATE DEFAULT CONVERSION' : 'CREATE CONVERSION',
    `${identity} FOR ${literal(String(definition['from']))} TO ${literal(String(definition['to']))}`,
    `FROM ${withoutArguments(definition['function'] ?? '')}`,
  );

const createDictionary = ({ identity, definition }: CatalogObject): string =>
  `CREATE TEXT SEARCH DICTIONARY ${identity} (${[`TEMPLATE = ${definition['template']}`, ...(definition['options'] ? [definition['options']] : [])].join(', ')})`;

const createWrapper = ({ identity, definition }: CatalogObject): string =>
  words(
    `CREATE FOREIGN DATA WRAPPER ${identity}`,
    definition['handler'] && `HANDLER ${withoutArguments(definition['handler'])}`,
    definition['validator'] && `VALIDATOR ${withoutArguments(definition['validator'])}`,
    definition['foreignOptions'] && `OPTIONS (${definition['foreignOptions']})`,
  );

const createServer = ({ identity, definition }: CatalogObject): string =>
  words(
    `CREATE SERVER ${identity}`,
    definition['type'] && `TYPE ${literal(String(definition['type']))}`,
    definition['version'] && `VERSION ${literal(String(definition['version']))}`,
    `FOREIGN DATA WRAPPER ${definition['wrapper']}`,
    definition['foreignOptions'] && `OPTIONS (${definition['foreignOptions']})`,
  );

/** `null` where no statement can say all that the object was. */
export const seldomCreations: Readonly<Record<string, (object: CatalogObject) => string | null>> = {
  aggregate: createAggregate,
  operator: createOperator,
  'operator family': ({ identity }) => `CREATE OPERATOR FAMILY ${identity}`,
  conversion: createConversion,
  'text search dictionary': createDictionary,
  'text search configuration': ({ identity, definition }) =>
    `CREATE TEXT SEARCH CONFIGURATION ${identity} (PARSER = ${definition['parser']})`,
  'foreign-data wrapper': createWrapper,
  server: createServer,
};

/** The fields that these statements set. */
export const seldomFields: Readonly<Record<string, readonly string[]>> = {
  aggregate: ['arguments', 'returns', ...Object.keys(aggregateSettings)],
  operator: ['function', 'commutator', 'negator', 'restrict', 'join', 'canHash', 'canMerge'],
  conversion: ['from', 'to', 'function', 'isDefault'],
  'text search dictionary': ['template', 'options'],
  'text search configuration': ['parser'],
  'foreign-data wrapper': ['handler', 'validator', 'foreignOptions'],
  server: ['wrapper', 'type', 'version', 'foreignOptions'],
};
