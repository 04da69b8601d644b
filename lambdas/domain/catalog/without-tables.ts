/** A catalog without some tables and all that belongs to them. */
import type { Catalog, CatalogObject } from './catalog';
import { partsOf } from './identifiers';

const tableIn = (identity: unknown) => (typeof identity === 'string' ? (partsOf(identity)[1] ?? '') : '');

/** A table, its columns, constraints, indexes and triggers, and the sequences that its columns own. */
const belongsTo = ({ identity, definition }: CatalogObject, names: readonly string[]) =>
  [identity, definition['table'], definition['ownedBy']].some((place) => names.includes(tableIn(place)));

/** `names` are without a schema: a tool's own table lies where its search_path says. */
export const withoutTables = (catalog: Catalog, names: readonly string[]): Catalog =>
  names.length === 0 ? catalog : { ...catalog, objects: catalog.objects.filter((object) => !belongsTo(object, names)) };

/** Those of the names that are tables of the catalog. */
export const tablesPresent = ({ objects }: Catalog, names: readonly string[]): readonly string[] =>
  names.filter((name) => objects.some(({ kind, identity }) => kind === 'table' && tableIn(identity) === name));
