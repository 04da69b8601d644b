import type { CatalogDefinition, CatalogObject } from '../catalog';
import { columnClause, commentTarget, literal, tableStatement, typeStatement } from '../clauses';
import { lastPartOf, parentOf } from '../identifiers';
import { seldomCreations } from './create-seldom';

type Creation = (object: CatalogObject, columns: readonly CatalogObject[]) => string | null;

const join = (...pieces: readonly unknown[]) => pieces.filter((piece) => typeof piece === 'string').join(' ');

const withOptions = ({ options }: CatalogDefinition) => (options ? `WITH (${options})` : null);

const asGiven: Creation = ({ definition }) => String(definition['definition']);

const partOf =
  (owner: string): Creation =>
  ({ identity, definition }) =>
    // What a table inherits comes and goes with its parent.
    definition['inheritedFrom'] && !definition['isAlsoLocal']
      ? null
      : `ALTER ${owner} ${parentOf(identity)} ADD CONSTRAINT ${lastPartOf(identity)} ${definition['definition']}`;

const createView: Creation = ({ kind, identity, definition }) =>
  join(
    kind === 'view' ? 'CREATE OR REPLACE VIEW' : 'CREATE MATERIALIZED VIEW',
    identity,
    withOptions(definition),
    `AS ${String(definition['definition']).replace(/;\s*$/, '')}`,
    definition['isPopulated'] === false && 'WITH NO DATA',
  );

/** All properties, as CREATE and ALTER SEQUENCE take them. */
export const sequenceProperties = (sequence: CatalogDefinition): string =>
  [
    `AS ${sequence['type']} INCREMENT ${sequence['increment']} MINVALUE ${sequence['minimum']}`,
    `MAXVALUE ${sequence['maximum']} START ${sequence['start']} CACHE ${sequence['cache']}`,
    sequence['isCycling'] ? 'CYCLE' : 'NO CYCLE',
  ].join(' ');

const createPolicy: Creation = ({ identity, definition }) =>
  join(
    `CREATE POLICY ${lastPartOf(identity)} ON ${parentOf(identity)}`,
    definition['isPermissive'] === false && 'AS RESTRICTIVE',
    `FOR ${String(definition['command']).toUpperCase()} TO ${definition['roles']}`,
    definition['using'] && `USING (${definition['using']})`,
    definition['withCheck'] && `WITH CHECK (${definition['withCheck']})`,
  );

const createDomain: Creation = ({ identity, definition }) =>
  join(
    `CREATE DOMAIN ${identity} AS ${definition['type']}`,
    definition['collation'] && `COLLATE ${definition['collation']}`,
    definition['default'] && `DEFAULT ${definition['default']}`,
    definition['isNullable'] === false && 'NOT NULL',
  );

const createPublication: Creation = ({ identity, definition }) => {
  const members = [
    definition['tables'] && `TABLE ${definition['tables']}`,
    definition['schemas'] && `TABLES IN SCHEMA ${definition['schemas']}`,
  ].filter(Boolean);
  return join(
    `CREATE PUBLICATION ${identity}`,
    definition['isForAllTables'] ? 'FOR ALL TABLES' : members.length > 0 && `FOR ${members.join(', ')}`,
    `WITH (publish = ${literal(String(definition['operations']))}, publish_via_partition_root = ${Boolean(definition['isViaRoot'])})`,
  );
};

const createEventTrigger: Creation = ({ identity, definition }) =>
  join(
    `CREATE EVENT TRIGGER ${identity} ON ${definition['event']}`,
    definition['tags'] && `WHEN TAG IN (${definition['tags']})`,
    `EXECUTE FUNCTION ${definition['function']}`,
  );

const createCast: Creation = ({ identity, definition }) =>
  join(
    `CREATE CAST ${identity}`,
    { function: `WITH FUNCTION ${definition['function']}`, inout: 'WITH INOUT' }[String(definition['method'])] ??
      'WITHOUT FUNCTION',
    definition['context'] !== 'explicit' && `AS ${String(definition['context']).toUpperCase()}`,
  );

const createCollation: Creation = ({ identity, definition }) => {
  const { provider, locale, isDeterministic, lcCollate, lcCtype } = definition;
  const where = locale
    ? `locale = ${literal(String(locale))}`
    : `lc_collate = ${literal(String(lcCollate))}, lc_ctype = ${literal(String(lcCtype))}`;
  return `CREATE COLLATION ${identity} (provider = ${provider}, ${where}, deterministic = ${isDeterministic})`;
};

const createTable: Creation = (object, columns) => tableStatement(object, columns, { isInLines: true });

const creations: Readonly<Record<string, Creation>> = {
  schema: ({ identity }) => `CREATE SCHEMA ${identity}`,
  extension: ({ identity, definition }) =>
    `CREATE EXTENSION ${identity} SCHEMA ${definition['schema']} VERSION ${literal(String(definition['version']))}`,
  table: createTable,
  'foreign table': createTable,
  column: ({ identity, definition }) =>
    `ALTER TABLE ${parentOf(identity)} ADD COLUMN ${lastPartOf(identity)} ${columnClause(definition)}`,
  constraint: partOf('TABLE'),
  'domain constraint': partOf('DOMAIN'),
  index: (object, columns) => (object.definition['constraint'] ? null : asGiven(object, columns)),
  sequence: ({ identity, definition }) =>
    definition['isIdentity'] ? null : `CREATE SEQUENCE ${identity} ${sequenceProperties(definition)}`,
  view: createView,
  'materialized view': createView,
  function: asGiven,
  procedure: asGiven,
  'window function': asGiven,
  trigger: asGiven,
  rule: asGiven,
  statistics: asGiven,
  policy: createPolicy,
  domain: createDomain,
  publication: createPublication,
  'event trigger': createEventTrigger,
  cast: createCast,
  collation: createCollation,
  type: (object) => (object.definition['form'] === 'base' ? null : typeStatement(object)),
  'extension dependency': ({ definition }) =>
    `ALTER ${definition['object']} DEPENDS ON EXTENSION ${definition['extension']}`,
  ...seldomCreations,
  comment: ({ identity, definition }) =>
    `COMMENT ON ${commentTarget(identity)} IS ${literal(String(definition['text']))}`,
};

/** Makes an object, not yet with all its fields; null where it comes with another one or where no statement is known. */
export const createStatement: Creation = (object, columns) => creations[object.kind]?.(object, columns) ?? null;
