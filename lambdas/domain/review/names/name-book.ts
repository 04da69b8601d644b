/** Which names there are at one place of a file, and where the object of each comes from. */
import { temporarySchema } from '#domain/sql/syntax';
import type { SearchPath } from './search-path';

/** Whether it was there before the file, is made by the file, or is not there. */
export type Origin = 'before' | 'file' | 'nowhere';

/** Changed while a file is followed; `copyOf` keeps a state. */
export type NameBook = {
  /** By space and identity. */
  readonly origins: Map<string, Map<string, Origin>>;
  /** False when the database is not known: what the book does not hold was there before. */
  readonly isComplete: boolean;
};

// PostgreSQL has one list of names for all of these.
const relationKinds = ['table', 'foreign table', 'view', 'materialized view', 'sequence', 'index'];

/** The kinds whose names exclude each other. */
export const spaceOf = (kind: string): string => (relationKinds.includes(kind) ? 'relation' : kind);

const partKinds = ['column', 'constraint', 'trigger', 'policy', 'rule'];

/** Kinds that belong to one table, and go with it. */
export const isPartKind = (kind: string): boolean => partKinds.includes(kind);

export const tableOfPart = (identity: string): string => identity.slice(0, identity.lastIndexOf('.'));

export const emptyBook = (isComplete: boolean): NameBook => ({ origins: new Map(), isComplete });

export const copyOf = ({ origins, isComplete }: NameBook): NameBook => ({
  origins: new Map([...origins].map(([space, identities]) => [space, new Map(identities)])),
  isComplete,
});

const writtenOrigin = ({ origins }: NameBook, kind: string, identity: string) =>
  origins.get(spaceOf(kind))?.get(identity);

export const originIn = (book: NameBook, kind: string, identity: string): Origin => {
  const written = writtenOrigin(book, kind, identity);
  if (written) return written;
  const assumed = book.isComplete ? 'nowhere' : 'before';
  const table = isPartKind(kind) ? writtenOrigin(book, 'table', tableOfPart(identity)) : undefined;
  return table === undefined || table === 'before' ? assumed : table;
};

export const enter = ({ origins }: NameBook, kind: string, identity: string, origin: Origin): void => {
  const space = origins.get(spaceOf(kind)) ?? new Map<string, Origin>();
  origins.set(spaceOf(kind), space.set(identity, origin));
};

/** With everything inside: a schema's objects, a table's parts. */
export const strike = (book: NameBook, kind: string, identity: string): void => {
  enter(book, kind, identity, 'nowhere');
  for (const [space, identities] of book.origins)
    for (const name of identities.keys())
      if (name.startsWith(`${identity}.`) && (kind === 'schema' || isPartKind(space))) identities.set(name, 'nowhere');
};

/** Under its new name, with everything inside, each with its origin. */
export const rename = (book: NameBook, kind: string, from: string, to: string): void => {
  const origin = originIn(book, kind, from);
  const inside = [...book.origins].flatMap(([space, identities]) =>
    [...identities]
      .filter(([name]) => name.startsWith(`${from}.`) && (kind === 'schema' || isPartKind(space)))
      .map(([name, one]) => ({ space, name: `${to}${name.slice(from.length)}`, origin: one })),
  );
  strike(book, kind, from);
  enter(book, kind, to, origin);
  for (const one of inside) enter(book, one.space, one.name, one.origin);
};

/** The schema in which a name without one is found; null when no schema of the path has it. Temporary ones are found first. */
export const schemaOf = ({ origins }: NameBook, space: string, name: string, path: SearchPath): string | null => {
  const identities = origins.get(space);
  const schemas = path.includes(temporarySchema) ? path : [temporarySchema, ...path];
  return schemas.find((schema) => (identities?.get(`${schema}.${name}`) ?? 'nowhere') !== 'nowhere') ?? null;
};

// What a name without a schema means to a new session of a role without settings of its own.
const fallbackSchema = 'public';

/** The schema in which a new object without one is made: the first of the path that is there. */
export const schemaForNew = (book: NameBook, path: SearchPath): string =>
  path.find((schema) => {
    if (schema === '$user' || schema === 'pg_catalog') return false;
    return originIn(book, 'schema', schema) !== 'nowhere';
  }) ?? fallbackSchema;
