/** In which order objects are made and dropped: each before what depends on it. */
import type { CatalogObject } from '../catalog';
import { isNamedIn } from './dependents';

/** What is made first is dropped last; all others come behind the tables and before the comments. */
const firstKinds = [
  ...['schema', 'extension', 'foreign-data wrapper', 'server', 'user mapping', 'collation', 'type', 'domain'],
  ...['domain constraint', 'sequence', 'function', 'procedure', 'aggregate', 'table', 'foreign table', 'column'],
  ...['constraint', 'view', 'index'],
];
const views = ['view', 'materialized view'];
const rankOfKind = (kind: string) => {
  const place = firstKinds.indexOf(views.includes(kind) ? 'view' : kind);
  return kind === 'comment' ? 100 : place < 0 ? firstKinds.length : place;
};
// A foreign key leans on another table's key, which may be an index alone.
export const rankOf = ({ kind, definition }: CatalogObject) =>
  definition['type'] === 'foreign key' ? rankOfKind('index') + 0.5 : rankOfKind(kind);

/** Defaults name the labels of types, keys and views lean on columns; whatever else is put back leans on what was made again. */
export const rankOfChange = (kind: string) =>
  ['type', 'domain', 'column'].includes(kind) ? rankOfKind(kind) + 0.5 : Number.MAX_SAFE_INTEGER;

/** What comes and goes with the object of the same kind on the table's parent: none of it is dropped or made on its own. */
export const isInherited = ({ kind, definition }: CatalogObject): boolean =>
  Boolean(
    (definition['inheritedFrom'] && !definition['isAlsoLocal']) ||
      definition['isInherited'] ||
      (kind === 'index' && definition['partitionOf']),
  );

/** True where `object` cannot be made before `other`, of those that have the same rank. */
const leansOn = (object: CatalogObject, other: CatalogObject) => {
  const { partitionOf, inherits } = object.definition;
  if (views.includes(object.kind))
    return views.includes(other.kind) && isNamedIn(String(object.definition['definition']), other.identity);
  return (
    object.kind === other.kind &&
    (partitionOf === other.identity ||
      String(inherits ?? '')
        .split(', ')
        .includes(other.identity))
  );
};

/** By rank; of one rank those first that others are made from. */
export const inOrderOfMaking = (objects: readonly CatalogObject[]): readonly CatalogObject[] => {
  const ranked = [...objects].sort((one, other) => rankOf(one) - rankOf(other));
  const ordered = new Set<CatalogObject>();
  const place = (object: CatalogObject) => {
    if (ordered.has(object)) return;
    ranked.filter((other) => other !== object && leansOn(object, other)).forEach(place);
    ordered.add(object);
  };
  ranked.forEach(place);
  return [...ordered];
};
