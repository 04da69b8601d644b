/** Keys sorted all the way down: what came through a state machine, or from another version, may have them in another order. */
const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([name, inner]) => [name, sorted(inner)]));
};

/** The same text for the same values, in whatever order their keys stand. */
export const canonicalJson = (value: unknown): string => JSON.stringify(sorted(value)) ?? 'undefined';

export const isSameJson = (one: unknown, other: unknown): boolean => canonicalJson(one) === canonicalJson(other);
