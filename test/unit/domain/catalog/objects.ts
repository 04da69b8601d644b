/** Small catalogs for tests of what is done with them. */
import { type Catalog, type CatalogDefinition, type CatalogObject, sortObjects } from '#domain/catalog/catalog';

export const catalogOf = (...objects: readonly CatalogObject[]): Catalog => ({ objects: sortObjects(objects) });

export const object = (kind: string, identity: string, definition: CatalogDefinition = {}): CatalogObject => ({
  kind,
  identity,
  definition,
});

export const table = (identity: string, definition: CatalogDefinition = {}) =>
  object('table', identity, { owner: 'app', ...definition });

export const column = (identity: string, position: number, definition: CatalogDefinition = {}) =>
  object('column', identity, { position, type: 'text', isNullable: true, ...definition });

export const primaryKey = (on: string, columns: string) =>
  object('constraint', `${on}.key`, {
    type: 'primary key',
    definition: `PRIMARY KEY (${columns})`,
    columns,
    isValidated: true,
  });

export const foreignKey = (identity: string, columns: string, targetTable: string, targetColumns: string) =>
  object('constraint', identity, {
    type: 'foreign key',
    columns,
    targetTable,
    targetColumns,
    isValidated: true,
    onDelete: 'no action',
    onUpdate: 'no action',
    definition: `FOREIGN KEY (${columns}) REFERENCES ${targetTable}(${targetColumns})`,
  });

export const index = (identity: string, on: string, columns: string, definition: CatalogDefinition = {}) =>
  object('index', identity, {
    table: on,
    columns,
    method: 'btree',
    isUnique: false,
    isValid: true,
    definition: `CREATE INDEX ${identity.split('.').at(-1)} ON ${on} USING btree (${columns})`,
    ...definition,
  });

export const comment = (identity: string, text: string) => object('comment', identity, { text });
