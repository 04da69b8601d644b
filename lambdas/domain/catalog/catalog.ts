export type CatalogValue = string | number | boolean | null;

/** Flat, comparable values under their names; a missing value equals null and means PostgreSQL's default. */
export type CatalogDefinition = Readonly<Record<string, CatalogValue>>;

/**
 * One object of a schema. `definition` holds everything that makes it what it is, as flat, comparable values;
 * two objects are equal when kind, identity and every definition value are equal.
 */
export type CatalogObject = {
  /** PostgreSQL's word: `table`, `column`, `index`, `constraint`, `function`, … */
  readonly kind: string;
  /** Schema-qualified and quoted as PostgreSQL would: `public.jobs`, `public.jobs.status`, `public.f(integer)`. */
  readonly identity: string;
  readonly definition: CatalogDefinition;
};

/** Everything that makes a database's schema, sorted by kind and identity. Extension members and our own schema are left out. */
export type Catalog = {
  readonly objects: readonly CatalogObject[];
  /** How much was read; see `earlier-form.ts`. Missing in what version 0.9.0 and before kept of a run, and in all of 0.2.0 and before. */
  readonly form?: number;
};

/** One text per object of a catalog. */
export const keyOf = ({ kind, identity }: Pick<CatalogObject, 'kind' | 'identity'>): string => `${kind} ${identity}`;

// By code units: the same order on every machine, whatever its language.
const compareTexts = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0);

/** By kind, then identity. */
export const sortObjects = (objects: readonly CatalogObject[]): CatalogObject[] =>
  [...objects].sort((one, other) => compareTexts(one.kind, other.kind) || compareTexts(one.identity, other.identity));
