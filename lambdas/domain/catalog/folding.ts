import { type CatalogObject, keyOf } from './catalog';
import { parentOf } from './identifiers';

const relations = ['table', 'foreign table', 'view', 'materialized view'];

/** The objects without those that another object of the list brings along: a table's columns, a key's index, a column's sequence. */
export const unfolded = (objects: readonly CatalogObject[]): readonly CatalogObject[] => {
  const keys = new Set(objects.map(keyOf));
  const isListed = (kind: string, identity: string) => keys.has(`${kind} ${identity}`);
  return objects.filter(({ kind, identity, definition }) => {
    if (kind === 'column') return !relations.some((relation) => isListed(relation, parentOf(identity)));
    if (kind === 'index' && definition['constraint'])
      return !isListed('constraint', `${definition['table']}.${definition['constraint']}`);
    if (kind === 'sequence' && definition['ownedBy']) return !isListed('column', String(definition['ownedBy']));
    // PostgreSQL writes it down by itself.
    if (kind === 'comment' && identity.startsWith('extension ')) return !keys.has(identity);
    return true;
  });
};

/** The columns of a table among these objects, in its order. */
export const columnsOf = (table: string, objects: readonly CatalogObject[]): readonly CatalogObject[] =>
  objects
    .filter(({ kind, identity }) => kind === 'column' && parentOf(identity) === table)
    .sort((one, other) => Number(one.definition['position']) - Number(other.definition['position']));
