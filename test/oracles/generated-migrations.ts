/** Migrations with rollbacks of all qualities, made from a table of changes by a generator with a seed. */

import { otherChanges } from './changes-of-the-rest';
import { schemaChanges } from './changes-of-the-schema';
import { seldomChanges } from './changes-seldom-made';

export type Change = {
  readonly up: string;
  /** Takes `up` back as far as that can be done. */
  readonly down: string;
  /** Ways to take it back badly; to do nothing is always one of them. */
  readonly badly?: readonly string[];
};

/** `unique` is a word that no other change of the migration gets; `pick` a number from 0 up to the given one. */
export type MakeChange = (unique: string, pick: (below: number) => number) => Change;

export type GeneratedMigration = {
  readonly seed: number;
  readonly up: string;
  readonly down: string;
  /** True when it has more than one change. */
  readonly isMixed: boolean;
};

/** Mulberry32: small, and the same on every machine. */
const randomFrom = (seed: number) => {
  let state = seed;
  return (below: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
};

export const changes: readonly MakeChange[] = [...schemaChanges, ...otherChanges, ...seldomChanges];

/**
 * The first migrations take each change of the table alone, taken back well; then each taken back by nothing; what follows has one to
 * three changes, each taken back well, badly or not at all.
 */
export const generatedMigration = (seed: number): GeneratedMigration => {
  const pick = randomFrom(seed);
  const round = Math.floor(seed / changes.length);
  const alone = changes[seed % changes.length] as MakeChange;
  const others = round < 2 ? [] : Array.from({ length: pick(3) }, () => changes[pick(changes.length)] as MakeChange);
  const chosen = [...new Set([alone, ...others])].map((make, at) => make(`u${seed}_${at}`, pick));
  const wayBack = ({ down, badly = [] }: Change) => {
    if (round < 2) return round === 0 ? down : '';
    const ways = [down, down, '', ...badly, ...badly];
    return ways[pick(ways.length)] as string;
  };
  return {
    seed,
    isMixed: chosen.length > 1,
    up: chosen.map(({ up }) => up).join(';\n'),
    down: chosen.map(wayBack).reverse().filter(Boolean).join(';\n'),
  };
};
