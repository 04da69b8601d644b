/** The difference between two snapshots of a schema, object by object and value by value. */
import { type Catalog, type CatalogDefinition, type CatalogObject, type CatalogValue, keyOf } from './catalog';
import { parentOf } from './identifiers';

/** Null on either side means PostgreSQL's default. */
export type FieldChange = { readonly field: string; readonly before: CatalogValue; readonly after: CatalogValue };

export type ChangedObject = {
  readonly kind: string;
  readonly identity: string;
  readonly before: CatalogDefinition;
  readonly after: CatalogDefinition;
  /** At least one, but where it is made anew. */
  readonly fields: readonly FieldChange[];
  /** It is dropped and made again for the sake of others; missing: only where its own fields ask for that. */
  readonly isMadeAnew?: true;
};

export type CatalogDifference = {
  readonly added: readonly CatalogObject[];
  readonly removed: readonly CatalogObject[];
  readonly changed: readonly ChangedObject[];
};

export const isEmptyDifference = ({ added, removed, changed }: CatalogDifference): boolean =>
  added.length + removed.length + changed.length === 0;

type Objects = ReadonlyMap<string, CatalogObject>;

const byKey = ({ objects }: Catalog): Objects => new Map(objects.map((object) => [keyOf(object), object]));

const without = (objects: Objects, others: Objects): readonly CatalogObject[] =>
  [...objects].flatMap(([key, object]) => (others.has(key) ? [] : [object]));

/**
 * Compares two catalogs object by object. Empty exactly when the fingerprints are equal.
 *
 * @example
 * differenceOf(before, after)
 * // { added: [{ kind: 'table', identity: 'public.jobs', definition: … }], removed: [], changed: [] }
 */
export const differenceOf = (before: Catalog, after: Catalog): CatalogDifference => {
  const [old, now] = [byKey(before), byKey(after)];
  const [oldPositions, newPositions] = [positionsOf(old, now), positionsOf(now, old)];

  const changed: ChangedObject[] = [];
  for (const [key, { kind, identity, definition }] of old) {
    const other = now.get(key)?.definition;
    if (!other) continue;
    const fields = fieldChanges(definition, other, (field) => kind !== 'column' || field !== 'position');
    const [oldPosition = null, newPosition = null] = [oldPositions.get(key), newPositions.get(key)];
    if (oldPosition !== newPosition) fields.push({ field: 'position', before: oldPosition, after: newPosition });
    if (fields.length) changed.push({ kind, identity, before: definition, after: other, fields });
  }
  return { added: without(now, old), removed: without(old, now), changed };
};

const fieldChanges = (
  before: CatalogDefinition,
  after: CatalogDefinition,
  isCompared: (field: string) => boolean,
): FieldChange[] => {
  const changes: FieldChange[] = [];
  const compare = (field: string) => {
    const change = { field, before: before[field] ?? null, after: after[field] ?? null };
    if (change.before !== change.after && isCompared(field)) changes.push(change);
  };
  for (const field of Object.keys(before)) compare(field);
  for (const field of Object.keys(after)) if (!(field in before)) compare(field);
  return changes;
};

/**
 * The position of every column among those that its table has on both sides. A column that came or went moves all behind it;
 * that is no change of theirs.
 */
const positionsOf = (objects: Objects, others: Objects): ReadonlyMap<string, number> => {
  const tables = new Map<string, { readonly key: string; readonly position: number }[]>();
  for (const [key, { kind, identity, definition }] of objects) {
    if (kind !== 'column' || !others.has(key)) continue;
    const table = parentOf(identity);
    const column = { key, position: Number(definition['position']) };
    const columns = tables.get(table);
    if (columns) columns.push(column);
    else tables.set(table, [column]);
  }
  const positions = new Map<string, number>();
  for (const columns of tables.values()) {
    columns.sort((one, other) => one.position - other.position);
    for (const [index, { key }] of columns.entries()) positions.set(key, index + 1);
  }
  return positions;
};
