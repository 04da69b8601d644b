/** Says in sentences how what was restored differs from what was saved. */
import type { CatalogObject } from '#domain/catalog/catalog';
import { count } from '#domain/count';
import type { TableCopy } from './backup';
import type { Contents, SequenceValue } from './contents';
import { isReworded } from './reworded-definition';

/** How one kind of thing is named and compared; null = equal. */
type Comparison<T> = {
  readonly nameOf: (thing: T) => string;
  readonly compare: (saved: T, restored: T) => string | null;
};

const short = (sha256: string) => `${sha256.slice(0, 12)}…`;

const tables: Comparison<TableCopy> = {
  nameOf: ({ table }) => `table ${table}`,
  compare: (saved, restored) => {
    if (saved.rows !== restored.rows)
      return `${count(saved.rows, 'row was', 'rows were')} saved, ${restored.rows} restored`;
    if (saved.sha256 === restored.sha256) return null;
    return `its ${count(saved.rows, 'row differs', 'rows differ')} after the restore (sha256 ${short(restored.sha256)}, saved ${short(saved.sha256)})`;
  },
};

const valueInWords = ({ lastValue, isCalled }: SequenceValue) => `${lastValue}${isCalled ? '' : ', not yet given out'}`;

const sequences: Comparison<SequenceValue> = {
  nameOf: ({ sequence }) => `sequence ${sequence}`,
  compare: (saved, restored) =>
    valueInWords(saved) === valueInWords(restored)
      ? null
      : `its value was ${valueInWords(saved)}, and is ${valueInWords(restored)} after the restore`,
};

const objects: Comparison<CatalogObject> = {
  nameOf: ({ kind, identity }) => `${kind} ${identity}`,
  compare: (saved, restored) => {
    const keys = new Set([...Object.keys(saved.definition), ...Object.keys(restored.definition)]);
    const differing = [...keys].filter((key) => !isReworded(saved.definition[key], restored.definition[key]));
    return differing.length ? `it has another ${differing.join(', ')} after the restore` : null;
  },
};

const differencesOf = <T>(
  { nameOf, compare }: Comparison<T>,
  saved: readonly T[],
  restored: readonly T[],
): readonly string[] => {
  const before = new Map(saved.map((thing) => [nameOf(thing), thing]));
  const after = new Map(restored.map((thing) => [nameOf(thing), thing]));
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((name) => {
    const [old, now] = [before.get(name), after.get(name)];
    if (!now) return `${name}: it was saved, but is missing after the restore`;
    if (!old) return `${name}: it was not saved, but exists after the restore`;
    const difference = compare(old, now);
    return difference === null ? [] : `${name}: ${difference}`;
  });
};

// What a superuser granted on a member of an extension the role that restores cannot grant again; the dump has the statement.
const comparedObjects = ({ catalog }: Contents) => catalog.objects.filter(({ kind }) => kind !== 'privileges');

/**
 * Verifies a restored backup: a sentence per object, table and sequence that differs; empty when nothing does.
 *
 * @example
 * verifyContents(saved, restored) // ['table public.jobs: 2 rows were saved, 1 restored']
 */
export const verifyContents = (saved: Contents, restored: Contents): readonly string[] => [
  ...differencesOf(objects, comparedObjects(saved), comparedObjects(restored)),
  ...differencesOf(tables, saved.tables, restored.tables),
  ...differencesOf(sequences, saved.sequences, restored.sequences),
];
