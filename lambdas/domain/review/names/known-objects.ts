/** What is there before the migration, under the review's kinds and names. */
import type { Catalog, CatalogObject } from '#domain/catalog/catalog';
import { partsOf } from '#domain/catalog/identifiers';

// As SchemaObject has them.
const reviewKinds: Readonly<Record<string, string>> = {
  procedure: 'function',
  'window function': 'function',
  aggregate: 'function',
  domain: 'type',
};

export type KnownObject = {
  /** As SchemaObject has it: procedures and aggregates are functions, domains are types. */
  readonly kind: string;
  /** `schema.name` without quotes and without arguments. */
  readonly name: string;
  readonly object: CatalogObject;
};

/** `public."f"(integer)` → `public.f`. */
export const nameOfIdentity = (identity: string): string => partsOf(identity.replace(/\(.*$/s, '')).join('.');

/** One entry per object; overloaded functions share a name. */
export const knownObjects = ({ objects }: Catalog): readonly KnownObject[] =>
  objects.map((object) => ({
    kind: reviewKinds[object.kind] ?? object.kind,
    name: nameOfIdentity(object.identity),
    object,
  }));
