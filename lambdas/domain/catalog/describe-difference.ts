/** Describes a difference to a person: one entry per object, `+` for what came, `-` for what went, `~` for what changed. */
import type { CatalogObject } from './catalog';
import { changeInWords, declarationOf, describedByDefinition, nameInWords } from './declaration';
import type { CatalogDifference, ChangedObject, FieldChange } from './difference';
import { columnsOf, unfolded } from './folding';
import { lastPartOf, parentOf } from './identifiers';

/**
 * `+ CREATE INDEX …`, `- COLUMN public.jobs.status text NOT NULL`, `~ COLUMN public.jobs.at: default now() → none`. Every entry
 * names its object; an entry has more lines where the object's definition does. Sorted by table. What comes and goes
 * with a described object, a new table's columns or a key's index, is not described again.
 *
 * @example
 * describeDifference(differenceOf(before, after)) // ['+ CREATE TABLE public.jobs (id bigint)']
 */
export const describeDifference = ({ added, removed, changed }: CatalogDifference): readonly string[] =>
  [
    ...unfolded(removed).map((object) => ({ ...sortKeyOf(object), text: signed('-', object, removed) })),
    ...unfolded(added).map((object) => ({ ...sortKeyOf(object), text: signed('+', object, added) })),
    ...columnOrders(changed),
    ...changed.flatMap((object) => {
      const text = describeChange(object);
      return text ? [{ ...sortKeyOf({ ...object, definition: object.before }), text }] : [];
    }),
  ]
    .sort((one, other) => (one.table < other.table ? -1 : one.table > other.table ? 1 : one.rank - other.rank))
    .map(({ text }) => text);

const ofTables = ['column', 'constraint', 'trigger', 'policy', 'rule'];
const order = ['table', 'foreign table', 'view', 'materialized view', 'column', 'constraint', 'index', 'sequence'];

/** The table that an object belongs to, itself when it stands alone; and its rank among those. */
const sortKeyOf = ({ kind, identity, definition }: CatalogObject) => {
  const rank = order.includes(kind) ? order.indexOf(kind) : order.length;
  if (kind === 'index') return { table: String(definition['table']), rank };
  return { table: ofTables.includes(kind) ? parentOf(identity) : identity, rank };
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
    const move = kind === 'column' && fields.find(({ field }) => field === 'position');
    if (!move) continue;
    const table = parentOf(identity);
    tables.set(table, [...(tables.get(table) ?? []), `${lastPartOf(identity)} ${move.before} → ${move.after}`]);
  }
  return [...tables].map(([table, moves]) => ({
    table,
    rank: 0,
    text: `~ TABLE ${table}: column order ${moves.join(', ')}`,
  }));
};

const describeChange = ({ kind, identity, fields }: ChangedObject): string | null => {
  const described = fields.some(({ field }) => field === 'definition') ? (describedByDefinition[kind] ?? []) : [];
  const left = fields.filter(({ field }) => !described.includes(field) && !(kind === 'column' && field === 'position'));
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
