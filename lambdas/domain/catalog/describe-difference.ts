/** Tells a difference to a person: one entry per object, `+` for what came, `-` for what went, `~` for what changed. */
import type { CatalogObject } from './catalog';
import { changeInWords, declarationOf, nameInWords, toldByDefinition } from './declaration';
import type { CatalogDifference, ChangedObject, FieldChange } from './difference';
import { columnsOf, unfolded } from './folding';
import { lastPartOf, parentOf } from './identifiers';

/**
 * `+ CREATE INDEX …`, `- COLUMN public.jobs.status text NOT NULL`, `~ COLUMN public.jobs.at: default now() → none`. Every entry
 * names its object; an entry has more lines where the object's definition does. Sorted by table. What comes and goes
 * with an object that is told, a new table's columns or a key's index, is not told again.
 */
export const describeDifference = ({ added, removed, changed }: CatalogDifference): readonly string[] =>
  [
    ...unfolded(removed).map((object) => ({ ...standingOf(object), text: signed('-', object, removed) })),
    ...unfolded(added).map((object) => ({ ...standingOf(object), text: signed('+', object, added) })),
    ...columnOrders(changed),
    ...changed.flatMap((object) => {
      const text = describeChange(object);
      return text ? [{ ...standingOf({ ...object, definition: object.before }), text }] : [];
    }),
  ]
    .sort((one, other) => (one.home < other.home ? -1 : one.home > other.home ? 1 : one.place - other.place))
    .map(({ text }) => text);

const ofTables = ['column', 'constraint', 'trigger', 'policy', 'rule'];
const order = ['table', 'foreign table', 'view', 'materialized view', 'column', 'constraint', 'index', 'sequence'];

/** The table that an object belongs to, itself when it stands alone; and its place among those. */
const standingOf = ({ kind, identity, definition }: CatalogObject) => {
  const place = order.includes(kind) ? order.indexOf(kind) : order.length;
  if (kind === 'index') return { home: String(definition['table']), place };
  return { home: ofTables.includes(kind) ? parentOf(identity) : identity, place };
};

const signed = (sign: '+' | '-', object: CatalogObject, others: readonly CatalogObject[]) => {
  const columns = object.kind.endsWith('table') ? columnsOf(object.identity, others) : [];
  return declarationOf(object, columns)
    .split('\n')
    .map((line) => `${sign} ${line}`)
    .join('\n');
};

/** One entry per table whose columns stand in another order. */
const columnOrders = (changed: readonly ChangedObject[]) => {
  const tables = new Map<string, string[]>();
  for (const { kind, identity, fields } of changed) {
    const place = kind === 'column' && fields.find(({ field }) => field === 'position');
    if (!place) continue;
    const table = parentOf(identity);
    const move = `${lastPartOf(identity)} ${place.before} → ${place.after}`;
    tables.set(table, [...(tables.get(table) ?? []), move]);
  }
  return [...tables].map(([home, moves]) => ({
    home,
    place: 0,
    text: `~ TABLE ${home}: column order ${moves.join(', ')}`,
  }));
};

const describeChange = ({ kind, identity, fields }: ChangedObject): string | null => {
  const told = fields.some(({ field }) => field === 'definition') ? (toldByDefinition[kind] ?? []) : [];
  const left = fields.filter(({ field }) => !told.includes(field) && !(kind === 'column' && field === 'position'));
  if (!left.length) return null;
  const isLong = ({ before, after }: FieldChange) => [before, after].some((value) => String(value).includes('\n'));
  const short = left
    .filter((change) => !isLong(change))
    .map(({ field, before, after }) => changeInWords(field, before, after));
  const long = left.filter(isLong);
  const words = [...short, ...long.map(({ field }) => nameInWords(field))];
  return [
    `~ ${kind.toUpperCase()} ${identity}: ${words.join('; ')}`,
    ...long.flatMap(({ before, after }) => changedLines(String(before ?? ''), String(after ?? ''))),
  ].join('\n');
};

/** The lines between the first and the last that differ. */
const changedLines = (before: string, after: string) => {
  const [old, now] = [before.trimEnd().split('\n'), after.trimEnd().split('\n')];
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head += 1;
  let tail = 0;
  while (tail < Math.min(old.length, now.length) - head && old.at(-1 - tail) === now.at(-1 - tail)) tail += 1;
  return [
    ...old.slice(head, old.length - tail).map((line) => `    - ${line}`),
    ...now.slice(head, now.length - tail).map((line) => `    + ${line}`),
  ];
};
