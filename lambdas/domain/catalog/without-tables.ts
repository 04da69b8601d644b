/** A catalog without some tables and all that belongs to them. */
import type { Catalog, CatalogObject } from './catalog';
import { partsOf } from './identifiers';

const tableIn = (identity: unknown) => (typeof identity === 'string' ? (partsOf(identity)[1] ?? '') : '');

/** The table's name alone, and with its schema. */
const namesIn = (identity: unknown): readonly string[] =>
  typeof identity === 'string' ? [tableIn(identity), partsOf(identity).slice(0, 2).join('.')] : [];

/** A table, its columns, constraints, indexes and triggers, and the sequences that its columns own. */
const belongsTo = ({ identity, definition }: CatalogObject, names: readonly string[]) =>
  [identity, definition['table'], definition['ownedBy']].flatMap(namesIn).some((name) => names.includes(name));

/** A name is without a schema where the tool's search_path says where its table lies, and `schema.table` where it is known. */
export const withoutTables = (catalog: Catalog, names: readonly string[]): Catalog =>
  names.length === 0 ? catalog : { ...catalog, objects: catalog.objects.filter((object) => !belongsTo(object, names)) };

/** Those of the names that are tables of the catalog. */
export const tablesPresent = ({ objects }: Catalog, names: readonly string[]): readonly string[] =>
  names.filter((name) => objects.some(({ kind, identity }) => kind === 'table' && tableIn(identity) === name));
