/** Whether the dry run bore out what the review had predicted of each statement. */
import type { Blocked } from '#domain/locks/lock-modes';
import { blockedBy } from '#domain/locks/lock-modes';
import { isUnseenCode } from '#domain/locks/predict-locks';
import type { PredictedLock, Prediction } from '#domain/locks/prediction';
import type { GradedStatement, TableLock } from './grade-statements';
import { predictedClass, rankOf, type StatementClass } from './statement-class';

/**
 * `worse`: it blocks more, or does more, than was predicted. `false alarm`: less, and nowhere more. `not predicted`: code that
 * the review cannot read.
 */
export const outcomes = ['confirmed', 'worse', 'false alarm', 'not predicted'] as const;

export type Outcome = (typeof outcomes)[number];

export type ComparedStatement = GradedStatement & {
  readonly outcome: Outcome;
  /** Null when nothing was predicted. */
  readonly predictedClass: StatementClass | null;
  /** What differs from the prediction, an entry each; empty when it was confirmed, or when there was none. */
  readonly surprises: readonly string[];
};

const ranks: readonly Blocked[] = ['nobody', 'writers', 'readers and writers'];

type Surprise = { readonly isWorse: boolean; readonly text: string };

/** Null when the two are alike. */
const surpriseOf = (what: string, predicted: string, measured: string, more: number): Surprise | null =>
  more === 0 ? null : { isWorse: more > 0, text: `${what}: predicted ${predicted}, measured ${measured}` };

/** A lock that an earlier statement took and that is still held when this one begins. */
const isHeldAt = ({ fromMs, heldMs }: TableLock, startedAtMs: number) => fromMs + heldMs > startedAtMs;

const strongestOn = (locks: readonly TableLock[], table: string): Blocked =>
  locks
    .filter((lock) => lock.table === table)
    .map(({ blocks }) => blocks)
    .sort((one, other) => ranks.indexOf(other) - ranks.indexOf(one))[0] ?? 'nobody';

const lockSurprises = (
  assessed: GradedStatement,
  predicted: readonly PredictedLock[],
  held: readonly TableLock[],
): readonly (Surprise | null)[] =>
  [...new Set([...assessed.locks, ...predicted].map(({ table }) => table))].map((table) => {
    const own = predicted.find((lock) => lock.table === table);
    const expected = own ? blockedBy[own.mode] : 'nobody';
    const taken = strongestOn(assessed.locks, table);
    // What is held already is not taken again: there no measurement contradicts the prediction.
    const before = strongestOn(held, table);
    const measured = ranks.indexOf(before) > ranks.indexOf(taken) ? expected : taken;
    return surpriseOf(`blocked on ${table}`, expected, measured, ranks.indexOf(measured) - ranks.indexOf(expected));
  });

/**
 * `isEmpty` knows the tables without rows: there a predicted scan or rewrite that was not seen is no false alarm.
 * Statements that no lock was predicted of are expected to touch no existing table.
 */
export const comparePrediction = (
  statements: readonly GradedStatement[],
  predictions: readonly Prediction[],
  isEmpty: (table: string) => boolean,
): readonly ComparedStatement[] =>
  statements.map((assessed, position) => {
    const prediction = predictions.find(({ index }) => index === assessed.index);
    if (isUnseenCode(prediction?.kind ?? ''))
      return { ...assessed, predictedClass: null, outcome: 'not predicted', surprises: [] };
    const locks = prediction?.locks ?? [];
    const expectedClass = predictedClass(prediction?.kind ?? '', locks);
    const held = statements
      .slice(0, position)
      .flatMap((earlier) => earlier.locks)
      .filter((lock) => isHeldAt(lock, assessed.startedAtMs));
    const more = rankOf(assessed.class) - rankOf(expectedClass);
    const isInvisible = more < 0 && locks.every(({ table }) => isEmpty(table));
    const surprises = [
      ...lockSurprises(assessed, locks, held),
      isInvisible ? null : surpriseOf('work', expectedClass, assessed.class, more),
    ].filter((surprise) => surprise !== null);
    const isWorse = surprises.some((surprise) => surprise.isWorse);
    return {
      ...assessed,
      predictedClass: expectedClass,
      outcome: surprises.length === 0 ? 'confirmed' : isWorse ? 'worse' : 'false alarm',
      surprises: surprises.map(({ text }) => text),
    };
  });
