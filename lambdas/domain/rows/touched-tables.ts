/** Which tables need rows for a migration to be tried: those that it names, those behind what it names, and the parents of these. */
import type { Catalog, CatalogObject } from '#domain/catalog/catalog';
import { parentOf, partsOf } from '#domain/catalog/identifiers';
import { type CatalogRows, type ForeignKeyShape, rootOf, shapeOf, type TableShape } from './shape';

const wordsIn = (text: string): ReadonlySet<string> =>
  new Set(text.toLowerCase().match(/[\p{L}_][\p{L}\p{N}_$]*/gu) ?? []);

/** A name of words only stands among the words; any other is looked for as it is. */
const isNamed = (name: string, words: ReadonlySet<string>, text: string) =>
  /^[\p{L}_][\p{L}\p{N}_$]*$/u.test(name) ? words.has(name.toLowerCase()) : text.includes(name);

const nameOf = (identity: string) => partsOf(identity.replace(/\(.*\)$/s, '')).at(-1) ?? '';

/** Their text names the tables behind them. */
const readThrough: readonly string[] = ['view', 'materialized view', 'function', 'procedure', 'trigger'];

const types: readonly string[] = ['type', 'domain'];

/** The migration's text, and that of the views and functions that it names, to what they name in turn. */
const textWithDefinitions = (text: string, objects: readonly CatalogObject[]) => {
  let whole = text;
  let left = objects.filter(({ kind }) => readThrough.includes(kind));
  for (let named = left; named.length > 0 && left.length > 0; ) {
    const words = wordsIn(whole);
    named = left.filter(({ identity }) => isNamed(nameOf(identity), words, whole));
    left = left.filter((object) => !named.includes(object));
    whole = [whole, ...named.map(({ definition }) => Object.values(definition).join(' '))].join('\n');
  }
  return whole;
};

const removes = /\b(?:delete|truncate)\b/i;

/** Identities, in the order of the catalog; of a partition its root. */
export const touchedTables = (text: string, { objects }: Catalog, rows: CatalogRows): readonly string[] => {
  const whole = textWithDefinitions(text, objects);
  const words = wordsIn(whole);
  const named = new Set<string>();
  for (const identity of rows.tables.keys())
    if (isNamed(nameOf(identity), words, whole)) named.add(rootOf(rows, identity));
  const namedTypes = objects.filter(
    ({ kind, identity }) => types.includes(kind) && isNamed(nameOf(identity), words, whole),
  );
  if (namedTypes.length > 0)
    for (const { kind, identity, definition } of objects)
      if (kind === 'column' && rows.tables.has(parentOf(identity)))
        for (const type of namedTypes)
          if (String(definition['type']).replace(/\[\]$/, '') === type.identity)
            named.add(rootOf(rows, parentOf(identity)));
  if (!removes.test(text)) return [...named];
  // Rows that refer to others may forbid that these go, or go with them.
  const children = [...rows.constraints.entries()]
    .filter(([, keys]) => keys.some(({ definition }) => named.has(String(definition['targetTable']))))
    .map(([table]) => rootOf(rows, table));
  return [...new Set([...named, ...children])];
};

const isRequired = (shape: TableShape, key: ForeignKeyShape) =>
  !key.isImplied &&
  key.columns.every((name) => shape.columns.find((column) => column.name === name)?.isNullable === false);

type Parents = (identity: string) => readonly string[];

const reaches = (from: string, to: string, parents: Parents, seen = new Set<string>()): boolean =>
  parents(from).some((parent) => {
    if (parent === to) return true;
    if (seen.has(parent)) return false;
    seen.add(parent);
    return reaches(parent, to, parents, seen);
  });

/** Parents first. Beyond the tables themselves come their parents, and of these the parents that a row cannot do without. */
export const inFillOrder = (tables: readonly string[], rows: CatalogRows): readonly TableShape[] => {
  const shapes = new Map<string, TableShape | null>();
  const shapeAt = (identity: string) => {
    if (!shapes.has(identity)) shapes.set(identity, shapeOf(rows, identity));
    return shapes.get(identity) ?? null;
  };
  const parentsBy =
    (isWanted: (shape: TableShape, key: ForeignKeyShape) => boolean): Parents =>
    (identity) => {
      const shape = shapeAt(identity);
      const keys = shape?.foreignKeys.filter((key) => isWanted(shape, key)) ?? [];
      return keys.map(({ parent }) => rootOf(rows, parent)).filter((parent) => parent !== identity);
    };
  const required = parentsBy(isRequired);
  const optional = parentsBy((shape, key) => !isRequired(shape, key));
  const order = new Set<string>();
  const under = new Set<string>();
  const visit = (identity: string) => {
    if (order.has(identity) || under.has(identity)) return;
    under.add(identity);
    for (const parent of required(identity)) visit(parent);
    // A parent whose rows need one of this table comes behind it: the reference stays null.
    if (tables.includes(identity))
      for (const parent of optional(identity)) if (!reaches(parent, identity, required)) visit(parent);
    under.delete(identity);
    order.add(identity);
  };
  for (const identity of tables) visit(identity);
  return [...order].flatMap((identity) => shapeAt(identity) ?? []);
};

/** In place of a partitioned table its partitions, which hold its rows. */
export const withLeaves = (tables: readonly string[], rows: CatalogRows): readonly string[] =>
  tables.flatMap((table) => {
    const below = rows.partitions.get(table) ?? [];
    return below.length === 0
      ? [table]
      : withLeaves(
          below.map(({ identity }) => identity),
          rows,
        );
  });
