/** Which rule an expected error names: by constraint, table and column, over partitions and inherited tables up to the rule's own. */
import type { Catalog, CatalogObject } from '#domain/catalog/catalog';
import { lastPartOf, parentOf, partsOf, unquote } from '#domain/catalog/identifiers';
import { isEnum } from '#domain/catalog/made-rules';
import type { ExpectedError } from './checks';

/** Names that are compared without their quotes. */
const keyOf = (parts: readonly (string | null)[]) => JSON.stringify(parts);

const keyOfIdentity = (identity: string) => keyOf(partsOf(identity));

export type Lineage = {
  /** The key itself and all that it belongs to, for tables and for indexes. */
  readonly tables: (key: string) => readonly string[];
  readonly indexes: (key: string) => readonly string[];
  readonly constraints: ReadonlyMap<string, CatalogObject>;
};

const climbing =
  (parents: ReadonlyMap<string, readonly string[]>) =>
  (key: string): readonly string[] => {
    const found = new Set([key]);
    for (const one of found) for (const parent of parents.get(one) ?? []) found.add(parent);
    return [...found];
  };

const parentsOf = (objects: readonly CatalogObject[], kinds: readonly string[]) =>
  climbing(
    new Map(
      objects
        .filter(({ kind }) => kinds.includes(kind))
        .map(({ identity, definition: { partitionOf, inherits } }) => [
          keyOfIdentity(identity),
          [partitionOf, inherits].flatMap((names) =>
            typeof names === 'string' ? splitList(names).map(keyOfIdentity) : [],
          ),
        ]),
    ),
  );

/** `public.a, public."b, c"` → its names, quotes kept. */
const splitList = (list: string): readonly string[] =>
  list.match(/(?:[^,"]|"(?:[^"]|"")*")+/g)?.map((one) => one.trim()) ?? [];

/** What belongs to what in a catalog, worked out once for all errors. */
export const lineageOf = ({ objects }: Catalog): Lineage => ({
  tables: parentsOf(objects, ['table', 'foreign table']),
  indexes: parentsOf(objects, ['index']),
  constraints: new Map(
    objects.filter(({ kind }) => kind === 'constraint').map((object) => [keyOfIdentity(object.identity), object]),
  ),
});

type Names = (error: ExpectedError, rule: CatalogObject, lineage: Lineage) => boolean;

const tableOf = ({ schema, table }: ExpectedError) => keyOf([schema, table]);

/** A partition's index has a name of its own. */
const namesIndex: Names = ({ schema, constraint }, { identity }, { indexes }) =>
  indexes(keyOf([schema, constraint])).includes(keyOfIdentity(identity));

/** A partition's copy has the name of the original, or, where that was taken, at least its definition. */
const namesConstraint: Names = (error, { identity, definition }, lineage) => {
  const { schema, table, constraint } = error;
  if (constraint === null || !lineage.tables(tableOf(error)).includes(keyOfIdentity(parentOf(identity)))) return false;
  if (constraint === unquote(lastPartOf(identity))) return true;
  const copy = lineage.constraints.get(keyOf([schema, table, constraint]));
  return Boolean(copy?.definition['inheritedFrom']) && copy?.definition['definition'] === definition['definition'];
};

const namesExclusion: Names = (error, rule, lineage) => {
  const [schema = '', , name = ''] = partsOf(rule.identity);
  return (
    namesConstraint(error, rule, lineage) ||
    lineage.indexes(keyOf([error.schema, error.constraint])).includes(keyOf([schema, name]))
  );
};

const namesColumn: Names = (error, { identity }, { tables }) =>
  error.column === unquote(lastPartOf(identity)) && tables(tableOf(error)).includes(keyOfIdentity(parentOf(identity)));

const namesDomain: Names = ({ schema, dataType }, { identity }) =>
  keyOf([schema, dataType]) === keyOfIdentity(identity);

const namesDomainConstraint: Names = ({ schema, dataType, constraint }, { identity }) =>
  keyOf([schema, dataType, constraint]) === keyOfIdentity(identity);

/** No field names an enum, only the message: `invalid input value for enum mood: "x"`. */
const namesEnum: Names = ({ message }, { identity }) => {
  const told = message.slice(0, message.indexOf(': '));
  return [identity, lastPartOf(identity)].some((name) => told.endsWith(` ${name}`));
};

type Way = { readonly sqlStates: readonly string[]; readonly names: Names };

const wayOf = (object: CatalogObject): Way => {
  const { kind, definition } = object;
  if (kind === 'index') return { sqlStates: ['23505'], names: namesIndex };
  if (kind === 'column') return { sqlStates: ['23502'], names: namesColumn };
  if (kind === 'domain') return { sqlStates: ['23502'], names: namesDomain };
  if (kind === 'domain constraint') return { sqlStates: ['23514'], names: namesDomainConstraint };
  if (isEnum(object)) return { sqlStates: ['22P02'], names: namesEnum };
  if (definition['type'] === 'exclusion') return { sqlStates: ['23P01'], names: namesExclusion };
  return definition['type'] === 'foreign key'
    ? // From 18 on RESTRICT has a state of its own.
      { sqlStates: ['23503', '23001'], names: namesConstraint }
    : { sqlStates: ['23514'], names: namesConstraint };
};

/** The SQLSTATE with which the rule refuses a row. */
export const sqlStateOf = (object: CatalogObject): string => wayOf(object).sqlStates[0] ?? '';

/** True when the error is the rule's own refusal. */
export const isBrokenBy = (error: ExpectedError, object: CatalogObject, lineage: Lineage): boolean => {
  const { sqlStates, names } = wayOf(object);
  return sqlStates.includes(error.sqlState) && names(error, object, lineage);
};
