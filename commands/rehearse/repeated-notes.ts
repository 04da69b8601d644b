/** Notes that many migrations get: the first is shown where it arises, the others are counted and said at the end. */

/** `001_a.up.sql:3: ` or `001_a.up.sql ` in front. */
const place = /^\S+\.sql(?::\d+)?:? /;

export type RepeatedNotes = {
  /** Those that were not said before. */
  readonly firstOf: (notes: readonly string[]) => readonly string[];
  /** A sentence for each that was left out since. */
  readonly leftOut: () => readonly string[];
};

export const countRepeatedNotes = (): RepeatedNotes => {
  const times = new Map<string, number>();
  return {
    firstOf: (notes) =>
      notes.filter((note) => {
        const said = note.replace(place, '');
        times.set(said, (times.get(said) ?? 0) + 1);
        return times.get(said) === 1;
      }),
    leftOut: () =>
      [...times]
        .filter(([, number]) => number > 1)
        .map(([said, number]) => `${number - 1} more ${number === 2 ? 'time' : 'times'}: ${said}`),
  };
};
