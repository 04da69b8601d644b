/** How often people may let a migration be tried again whose locks were not granted. Each time is a round with documents of its own. */

/** Five: with the first one six times five minutes, hours or days apart. What blocks then will not go by itself. */
export const rounds = [1, 2, 3, 4, 5] as const;

export type Round = (typeof rounds)[number];

export type OfRounds<Prefix extends string, T> = { readonly [Name in `${Prefix}-${Round}`]: T };

/** One value for each round, under the round's name: `again-1`, `again-2` … */
export const ofRounds = <Prefix extends string, T>(prefix: Prefix, make: (round: Round) => T): OfRounds<Prefix, T> =>
  Object.fromEntries(rounds.map((round) => [`${prefix}-${round}`, make(round)])) as OfRounds<Prefix, T>;

/** The names of all rounds, in their order. */
export const namesOfRounds = <Prefix extends string>(prefix: Prefix): readonly `${Prefix}-${Round}`[] =>
  rounds.map((round) => `${prefix}-${round}` as const);

export const isRound = (round: number): round is Round => (rounds as readonly number[]).includes(round);
