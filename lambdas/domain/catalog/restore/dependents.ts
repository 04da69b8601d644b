/** What has to be taken away and made again, although it does not change, so that what it depends on can be changed. */
import { type Catalog, type CatalogObject, keyOf } from '../catalog';
import type { CatalogDifference, ChangedObject } from '../difference';
import { lastPartOf, namesOf, parentOf, unquote } from '../identifiers';

/** Kinds without rows of their own whose text names what they use. */
const dependingKinds = ['view', 'materialized view', 'policy', 'rule', 'trigger'];

const textOf = ({ definition }: CatalogObject) =>
  ['definition', 'using', 'withCheck'].map((field) => definition[field] ?? '').join('\n');

/** True where the text has the whole name and not a part of a longer one. */
export const isNamedIn = (text: string, identity: string): boolean => {
  const pieces = text.split(identity);
  return pieces.slice(1).some((after, index) => !/^[\w$"]/.test(after) && !/[\w$".]$/.test(pieces[index] ?? ''));
};

/** The relations whose shape is in question: views that are made anew, and tables whose columns change. */
const inQuestion = ({ added, removed, changed }: CatalogDifference): ReadonlySet<string> =>
  new Set([
    ...changed.filter(({ kind }) => dependingKinds.includes(kind)).map(({ identity }) => identity),
    ...[...added, ...removed, ...changed]
      .filter(({ kind }) => kind === 'column')
      .map(({ identity }) => parentOf(identity)),
    ...[...added, ...changed]
      .filter(({ kind }) => /function|type|domain/.test(kind))
      .map(({ identity }) => identity.replace(/\(.*$/s, '')),
  ]);

export const madeAnew = ({ kind, identity, definition }: CatalogObject): ChangedObject => ({
  kind,
  identity,
  before: definition,
  after: definition,
  fields: [],
  isMadeAnew: true,
});

/** True for a foreign key that one of these columns, `public.jobs.id`, is an end of: PostgreSQL wants both ends of types that compare. */
export const isForeignKeyOver = (
  { kind, identity, definition }: CatalogObject,
  columns: ReadonlySet<string>,
): boolean => {
  if (kind !== 'constraint' || definition['type'] !== 'foreign key') return false;
  const ends = [
    { table: parentOf(identity), names: definition['columns'] },
    { table: definition['targetTable'], names: definition['targetColumns'] },
  ];
  const unquoted = new Set([...columns].map((column) => `${parentOf(column)}.${unquote(lastPartOf(column))}`));
  return ends.some(({ table, names }) => namesOf(String(names ?? '')).some((name) => unquoted.has(`${table}.${name}`)));
};

const retyped = ({ changed }: CatalogDifference): ReadonlySet<string> =>
  new Set(
    changed
      .filter(({ kind, fields }) => kind === 'column' && fields.some(({ field }) => field === 'type'))
      .map(({ identity }) => identity),
  );

const dependsOnOne = (object: CatalogObject, names: ReadonlySet<string>) =>
  (object.kind === 'policy' && names.has(parentOf(object.identity))) ||
  [...names].some((name) => isNamedIn(textOf(object), name));

/** The difference, with what depends on it in `now` as objects to be made anew. */
export const withDependents = (difference: CatalogDifference, now: Catalog): CatalogDifference => {
  const names = new Set(inQuestion(difference));
  if (names.size === 0) return difference;
  const known = new Set([...difference.added, ...difference.changed].map(keyOf));
  const candidates = now.objects.filter((object) => dependingKinds.includes(object.kind) && !known.has(keyOf(object)));
  const columns = retyped(difference);
  const found = new Set(
    columns.size === 0
      ? []
      : now.objects.filter((object) => !known.has(keyOf(object)) && isForeignKeyOver(object, columns)),
  );
  for (let size = -1; size < found.size; ) {
    size = found.size;
    for (const object of candidates)
      if (!found.has(object) && dependsOnOne(object, names)) {
        found.add(object);
        names.add(object.identity);
      }
  }
  return {
    ...difference,
    changed: [
      ...difference.changed.map((object) =>
        object.kind === 'view' ? { ...object, isMadeAnew: true as const } : object,
      ),
      ...[...found].map(madeAnew),
    ],
  };
};
