/** What became of the values of sequences: which stand further back than before, and which would give a number that is there already. */
import type { FedColumn, OutsideBetween, SequenceState } from './outside-tables';

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;

const isAscending = ({ increment }: SequenceState) => BigInt(increment) > 0n;

/** The number that the next nextval() gives, were there no limits. */
const nextOf = ({ lastValue, isCalled, increment }: SequenceState): bigint =>
  BigInt(lastValue) + (isCalled ? BigInt(increment) : 0n);

/** True when `one` is further on than `other`, in the direction of the sequence. */
const isFurther = (sequence: SequenceState, one: bigint, other: bigint) =>
  isAscending(sequence) ? one > other : one < other;

const isExhausted = (sequence: SequenceState) =>
  !sequence.isCycling &&
  isFurther(sequence, nextOf(sequence), BigInt(isAscending(sequence) ? sequence.maximum : sequence.minimum));

/** The column that holds a number which is still to come, the furthest one; null when there is none. A cycling sequence is meant to give numbers twice. */
const collisionOf = (sequence: SequenceState): FedColumn | null => {
  if (sequence.isCycling) return null;
  const [worst] = sequence.feeds
    .filter(({ furthest }) => furthest !== null && !isFurther(sequence, nextOf(sequence), BigInt(furthest)))
    .sort((one, other) => (isFurther(sequence, BigInt(one.furthest ?? 0), BigInt(other.furthest ?? 0)) ? -1 : 1));
  return worst ?? null;
};

const columnsOf = ({ ownedBy, feeds }: SequenceState) => [
  ...feeds.map(({ column }) => column),
  ...(ownedBy === null ? [] : [ownedBy]),
];

const sharesColumn = (one: SequenceState, other: SequenceState) =>
  columnsOf(one).some((column) => columnsOf(other).includes(column));

type Pairs = ReadonlyMap<SequenceState, SequenceState>;

/** By the column that they feed or go with, else by name. One that has none is gone. */
const pairSequences = ({ before, after }: OutsideBetween): Pairs => {
  const pairs = new Map<SequenceState, SequenceState>();
  const isSameOne = (one: SequenceState, other: SequenceState) => one.sequence === other.sequence;
  for (const isMatch of [
    (one: SequenceState, other: SequenceState) => isSameOne(one, other) && sharesColumn(one, other),
    sharesColumn,
    isSameOne,
  ]) {
    const taken = new Set(pairs.values());
    for (const one of before.sequences.filter((each) => !pairs.has(each))) {
      const other = after.sequences.find((each) => !taken.has(each) && isMatch(one, each));
      if (!other) continue;
      pairs.set(one, other);
      taken.add(other);
    }
  }
  return pairs;
};

/** The statement that moves a sequence behind the numbers of the column. */
const passColumn = (sequence: SequenceState, { table, name }: FedColumn) =>
  `SELECT pg_catalog.setval(${literal(sequence.sequence)}, (SELECT ${isAscending(sequence) ? 'max' : 'min'}(${name}) FROM ${table}))`;

const collisionInWords = (sequence: SequenceState, { column, furthest }: FedColumn) =>
  `the sequence ${sequence.sequence} gives ${nextOf(sequence)} next, but ${column} holds numbers ${isAscending(sequence) ? 'up' : 'down'} to ${furthest}, so an INSERT would give a number that is there already`;

/** A sequence that would give a number that its column has. */
export type Collision = {
  readonly sequence: string;
  readonly text: string;
  /** The statement that heals it. */
  readonly remedy: string;
};

export type Collisions = {
  /** Those that the migration made, or touched without healing them. */
  readonly made: readonly Collision[];
  /** Those that were there before and that it left alone: the target's own. */
  readonly found: readonly Collision[];
};

const isUntouched = (was: SequenceState, is: SequenceState) =>
  was.oid === is.oid && !isFurther(was, nextOf(was), nextOf(is)) && collisionOf(was) !== null;

/**
 * The sequences that lie at or below the largest number of a column that they feed; descending ones, at or above the smallest.
 *
 * @example
 * collisionsBetween({ before, after }).made[0]?.remedy // "SELECT pg_catalog.setval('public.jobs_id_seq', (SELECT max(id) FROM public.jobs))"
 */
export const collisionsBetween = (between: OutsideBetween): Collisions => {
  const was = new Map([...pairSequences(between)].map(([before, after]) => [after, before]));
  const all = between.after.sequences.flatMap((sequence) => {
    const column = collisionOf(sequence);
    if (!column) return [];
    const before = was.get(sequence);
    const collision = {
      sequence: sequence.sequence,
      text: collisionInWords(sequence, column),
      remedy: passColumn(sequence, column),
    };
    return [{ collision, isFound: before !== undefined && isUntouched(before, sequence) }];
  });
  return {
    made: all.filter(({ isFound }) => !isFound).map(({ collision }) => collision),
    found: all.filter(({ isFound }) => isFound).map(({ collision }) => collision),
  };
};

/** With the remedy, as a clause. */
export const describeCollision = ({ text, remedy }: Collision): string => `${text}; remedy: ${remedy}`;

export type SequencesDifference = {
  /** Those that stand further back than before or can give no number any more, an entry each. */
  readonly differing: readonly string[];
  /** Those that gave numbers meanwhile, a sentence each. */
  readonly harmless: readonly string[];
  /** `setval` for what differs and for what is gone, in no transaction's order. */
  readonly restoringSql: readonly string[];
  /** Told, and not held against the rollback: the target was so before. */
  readonly found: readonly Collision[];
  /** Names of sequences that could not be read at one of the two moments. */
  readonly notCompared: readonly string[];
};

const setBack = (name: string, { lastValue, isCalled }: SequenceState) =>
  `SELECT pg_catalog.setval(${name}, ${lastValue}, ${isCalled})`;

/** False for one that is as it was made. */
const wasMoved = ({ lastValue, isCalled, start }: SequenceState) => isCalled || lastValue !== start;

/** How SQL finds a sequence that was made again: PostgreSQL chooses the name of an identity column's. */
const nameOnceRestored = ({ sequence, isIdentity, ownedBy, feeds }: SequenceState) => {
  const fed = isIdentity ? feeds.find(({ column }) => column === ownedBy) : undefined;
  if (!fed) return literal(sequence);
  const plain = fed.name.startsWith('"') ? fed.name.slice(1, -1).replaceAll('""', '"') : fed.name;
  return `pg_catalog.pg_get_serial_sequence(${literal(fed.table)}, ${literal(plain)})`;
};

const isSameValue = (one: SequenceState, other: SequenceState) =>
  one.lastValue === other.lastValue && one.isCalled === other.isCalled;

/** One pair, graded: nothing, a harmless remark, or an entry of what differs. */
const compare = (was: SequenceState, is: SequenceState) => {
  if (isSameValue(was, is) && is.increment === was.increment) return { grade: 'same' as const, text: '' };
  const moved = `next number ${nextOf(was)} → ${nextOf(is)}`;
  if (nextOf(was) === nextOf(is))
    return {
      grade: 'harmless' as const,
      text: `the sequence ${is.sequence} gives ${nextOf(is)} next, as before, and keeps it in other words`,
    };
  const isBehind = !isFurther(was, nextOf(is), nextOf(was));
  if (isBehind) return { grade: 'differs' as const, text: `~ SEQUENCE ${is.sequence}: ${moved}` };
  return isExhausted(is) && !isExhausted(was)
    ? { grade: 'differs' as const, text: `~ SEQUENCE ${is.sequence}: ${moved}, and no number is left` }
    : {
        grade: 'harmless' as const,
        text: `the sequence ${is.sequence} gives ${nextOf(is)} next, it was ${nextOf(was)}: numbers that were drawn are not given back`,
      };
};

/** Puts the value of before back, or moves behind the column's numbers where that value would not be behind them. */
const restore = (was: SequenceState, is: SequenceState, name: string) => {
  const column = collisionOf({ ...was, feeds: is.feeds });
  return column && name === literal(is.sequence) ? passColumn(is, column) : setBack(name, was);
};

/**
 * Compares the values of sequences between before up and after down. `isMadeAgain` says of a sequence's name that the restoring SQL of
 * the schema makes it again, whatever stands in its place now.
 */
export const sequencesDifference = (
  between: OutsideBetween,
  isMadeAgain: (sequence: string) => boolean = () => false,
): SequencesDifference => {
  const { before, after } = between;
  const pairs = pairSequences(between);
  const compared = [...pairs].map(([was, is]) => ({ was, is, ...compare(was, is) }));
  const differing = compared.filter(({ grade }) => grade === 'differs');
  const { made, found } = collisionsBetween(between);
  const isNamed = (sequence: string) => differing.some(({ is }) => is.sequence === sequence);
  const more = made.filter(({ sequence }) => !isNamed(sequence));
  const gone = before.sequences.filter((sequence) => !pairs.has(sequence) || isMadeAgain(sequence.sequence));
  const restored = differing.filter(({ was }) => !isMadeAgain(was.sequence));
  return {
    differing: [
      ...differing.map(({ text, is }) => {
        const collision = made.find(({ sequence }) => sequence === is.sequence);
        return collision ? `${text}; ${collision.text}` : text;
      }),
      ...more.map(({ text }) => text),
    ],
    harmless: compared.filter(({ grade }) => grade === 'harmless').map(({ text }) => text),
    restoringSql: [
      ...gone.filter(wasMoved).map((sequence) => setBack(nameOnceRestored(sequence), sequence)),
      ...restored.map(({ was, is }) => restore(was, is, literal(is.sequence))),
      ...more.map(({ remedy }) => remedy),
    ],
    found,
    notCompared: [...new Set([...before.unreadSequences, ...after.unreadSequences])],
  };
};
