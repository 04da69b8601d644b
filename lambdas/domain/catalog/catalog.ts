/**
 * One object of a schema. `definition` holds everything that makes it what it is, as flat, comparable values;
 * two objects are equal when kind, identity and every definition value are equal.
 */
export type CatalogObject = {
  /** PostgreSQL's word: `table`, `column`, `index`, `constraint`, `function`, … */
  readonly kind: string;
  /** Schema-qualified and quoted as PostgreSQL would: `public.jobs`, `public.jobs.status`, `public.f(integer)`. */
  readonly identity: string;
  readonly definition: Readonly<Record<string, string | number | boolean | null>>;
};

/** Everything that makes a database's schema, sorted by kind and identity. Extension members and our own schema are left out. */
export type Catalog = {
  readonly objects: readonly CatalogObject[];
};
