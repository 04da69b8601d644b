/** What has to be taken away and made again, although it does not change, so that what it depends on can be changed. */
import { type Catalog, type CatalogObject, keyOf } from '../catalog';
import type { CatalogDifference, ChangedObject } from '../difference';
import { parentOf } from '../identifiers';

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

const madeAnew = ({ kind, identity, definition }: CatalogObject): ChangedObject => ({
  kind,
  identity,
  before: definition,
  after: definition,
  fields: [],
  isMadeAnew: true,
});

const dependsOnOne = (object: CatalogObject, names: ReadonlySet<string>) =>
  (object.kind === 'policy' && names.has(parentOf(object.identity))) ||
  [...names].some((name) => isNamedIn(textOf(object), name));

/** The difference, with what depends on it in `now` as objects to be made anew. */
export const withDependents = (difference: CatalogDifference, now: Catalog): CatalogDifference => {
  const names = new Set(inQuestion(difference));
  if (names.size === 0) return difference;
  const known = new Set([...difference.added, ...difference.changed].map(keyOf));
  const candidates = now.objects.filter((object) => dependingKinds.includes(object.kind) && !known.has(keyOf(object)));
  const found = new Set<CatalogObject>();
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
