/** What two snapshots of a schema do not have in common, object by object and value by value. */
import { type Catalog, type CatalogDefinition, type CatalogObject, type CatalogValue, keyOf } from './catalog';
import { parentOf } from './identifiers';

/** Null on either side: what PostgreSQL takes when nothing is said. */
export type FieldChange = { readonly field: string; readonly before: CatalogValue; readonly after: CatalogValue };

export type ChangedObject = {
  readonly kind: string;
  readonly identity: string;
  readonly before: CatalogDefinition;
  readonly after: CatalogDefinition;
  /** At least one. */
  readonly fields: readonly FieldChange[];
};

export type CatalogDifference = {
  readonly added: readonly CatalogObject[];
  readonly removed: readonly CatalogObject[];
  readonly changed: readonly ChangedObject[];
};

export const isEmptyDifference = ({ added, removed, changed }: CatalogDifference): boolean =>
  added.length + removed.length + changed.length === 0;

type Objects = ReadonlyMap<string, CatalogObject>;

/** Empty exactly when the fingerprints are equal. */
export const differenceOf = (before: Catalog, after: Catalog): CatalogDifference => {
  const old = new Map(before.objects.map((object) => [keyOf(object), object]));
  const now = new Map(after.objects.map((object) => [keyOf(object), object]));
  const oldPlaces = placesOf(before, now);
  const newPlaces = placesOf(after, old);

  const changed: ChangedObject[] = [];
  for (const [key, { kind, identity, definition }] of old) {
    const other = now.get(key)?.definition;
    if (!other) continue;
    const fields = fieldChanges(
      kind === 'column' ? { ...definition, position: oldPlaces.get(key) ?? null } : definition,
      kind === 'column' ? { ...other, position: newPlaces.get(key) ?? null } : other,
    );
    if (fields.length) changed.push({ kind, identity, before: definition, after: other, fields });
  }
  return {
    added: after.objects.filter((object) => !old.has(keyOf(object))),
    removed: before.objects.filter((object) => !now.has(keyOf(object))),
    changed,
  };
};

const fieldChanges = (before: CatalogDefinition, after: CatalogDefinition): FieldChange[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .map((field) => ({ field, before: before[field] ?? null, after: after[field] ?? null }))
    .filter((change) => change.before !== change.after);

/**
 * The place of every column among those that its table has on both sides. A column that came or went moves all behind it;
 * that is no change of theirs.
 */
const placesOf = (catalog: Catalog, other: Objects): ReadonlyMap<string, number> => {
  const tables = new Map<string, CatalogObject[]>();
  for (const object of catalog.objects) {
    if (object.kind !== 'column' || !other.has(keyOf(object))) continue;
    const table = parentOf(object.identity);
    const columns = tables.get(table);
    if (columns) columns.push(object);
    else tables.set(table, [object]);
  }
  const places = new Map<string, number>();
  for (const columns of tables.values()) {
    columns.sort((one, other) => Number(one.definition['position']) - Number(other.definition['position']));
    for (const [index, column] of columns.entries()) places.set(keyOf(column), index + 1);
  }
  return places;
};
