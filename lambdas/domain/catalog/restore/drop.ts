import type { CatalogObject } from '../catalog';
import { commentTarget } from '../clauses';
import { lastPartOf, parentOf } from '../identifiers';

const onTable = (kind: string) => (object: CatalogObject) =>
  `DROP ${kind} ${lastPartOf(object.identity)} ON ${parentOf(object.identity)}`;

const partOf = (owner: string, kind: string) => (object: CatalogObject) =>
  `ALTER ${owner} ${parentOf(object.identity)} DROP ${kind} ${lastPartOf(object.identity)}`;

const drops: Readonly<Record<string, (object: CatalogObject) => string | null>> = {
  column: partOf('TABLE', 'COLUMN'),
  constraint: partOf('TABLE', 'CONSTRAINT'),
  'domain constraint': partOf('DOMAIN', 'CONSTRAINT'),
  trigger: onTable('TRIGGER'),
  policy: onTable('POLICY'),
  rule: onTable('RULE'),
  comment: ({ identity }) => `COMMENT ON ${commentTarget(identity)} IS NULL`,
  'extension dependency': ({ definition }) =>
    `ALTER ${definition['object']} NO DEPENDS ON EXTENSION ${definition['extension']}`,
  // An aggregate without arguments has a star in their place.
  aggregate: ({ identity }) => `DROP AGGREGATE ${identity.replace(/\(\)$/, '(*)')}`,
  'window function': ({ identity }) => `DROP FUNCTION ${identity}`,
  'foreign-data wrapper': ({ identity }) => `DROP FOREIGN DATA WRAPPER ${identity}`,
  'user mapping': ({ identity }) => `DROP USER MAPPING ${identity.replace(/^for (.*) on (.*)$/, 'FOR $1 SERVER $2')}`,
  index: ({ identity, definition }) => (definition['constraint'] ? null : `DROP INDEX ${identity}`),
  sequence: ({ identity, definition }) => (definition['isIdentity'] ? null : `DROP SEQUENCE ${identity}`),
  'default privileges': () => null,
  'security label': () => null,
};

/** Takes an object away; null where it goes with another one or where no statement is known. Never CASCADE. */
export const dropStatement = (object: CatalogObject): string | null => {
  const known = drops[object.kind];
  return known ? known(object) : `DROP ${object.kind.toUpperCase()} ${object.identity}`;
};
