/** Box 2.6. */
import type { ReviewContext } from '../context';
import type { Rule } from '../rule';
import { type Key, keysOf, touchedTables } from '../tables-after';

/** Pairs of keys of one table of which the first is in the file and no later than the second. */
const pairs = (context: ReviewContext): readonly (readonly [Key, Key])[] =>
  touchedTables(context).flatMap((table) => {
    const keys = keysOf(context, table);
    return keys.flatMap((key) =>
      key.line === null ? [] : keys.filter((other) => other !== key).map((other) => [key, other] as const),
    );
  });

const nameOf = ({ name }: Key) => name ?? 'an unnamed one';
const whereInWords = ({ line }: Key) => (line === null ? 'which exists already' : `line ${line}`);

const isDuplicate = (key: Key, other: Key) =>
  key.signature !== null && key.signature === other.signature && (key.isUnique === other.isUnique || !key.isUnique);

/** Of two equal ones only the later is a finding, and never the one that makes rows unique. */
const isLater = (key: Key, other: Key) =>
  key.isUnique !== other.isUnique ||
  (other.line ?? 0) < (key.line ?? 0) ||
  ((other.line ?? 0) === key.line && nameOf(other) < nameOf(key));

export const indexDuplicate: Rule = {
  id: 'index-duplicate',
  severity: 'warn',
  box: '2.6',
  title: 'Two indexes hold the same',
  why: 'Each write maintains both and each read uses one of them.',
  remedy: 'Keep one; a primary key or unique constraint has its index already.',
  check: (context) =>
    pairs(context)
      .filter(([key, other]) => isDuplicate(key, other) && isLater(key, other))
      .map(([key, other]) => ({
        line: key.line,
        message: `${nameOf(key)} on ${key.table} holds the same as ${nameOf(other)}, ${whereInWords(other)}`,
      })),
};

const isPrefix = (key: Key, other: Key) =>
  key.isBtree &&
  other.isBtree &&
  !key.isUnique &&
  !key.isPartial &&
  !other.isPartial &&
  key.signature?.startsWith('btree ') === true &&
  other.signature?.startsWith(`${key.signature}, `) === true;

export const indexRedundant: Rule = {
  id: 'index-redundant',
  severity: 'warn',
  box: '2.6',
  title: 'An index is the beginning of another',
  why: 'The longer one serves the same queries; the shorter one costs each write and some memory.',
  remedy: 'Leave the shorter index out.',
  check: (context) =>
    pairs(context)
      .filter(([key, other]) => isPrefix(key, other))
      .map(([key, other]) => ({
        line: key.line,
        message: `${nameOf(key)} on ${key.table} (${key.columns.join(', ')}) is the beginning of ${nameOf(other)} (${other.columns.join(', ')}), ${whereInWords(other)}`,
      })),
};

/** Unique constraints and indexes over rows that are there already: only the data can say whether they fit. */
export const uniqueOnExistingRows = ({ changes }: ReviewContext): readonly string[] => [
  ...changes.constraints
    .filter(({ kind, isNewTable }) => (kind === 'unique' || kind === 'primary key') && !isNewTable)
    .map(({ table, columns }) => `${table} (${columns.join(', ')})`),
  ...changes.indexes
    .filter(({ isUnique, isNewTable }) => isUnique && !isNewTable)
    .map(({ table, columns }) => `${table} (${columns.map((column) => column ?? 'expression').join(', ')})`),
];
