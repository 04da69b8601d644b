/** A list of any length in a document or on a page: how long it is, and its first entries. */
export type Listed<T> = { readonly count: number; readonly first: readonly T[] };

/** So many entries a person still reads; whoever needs more has the target itself. */
const mostListed = 50;

export const listed = <T>(items: readonly T[], most = mostListed): Listed<T> => ({
  count: items.length,
  first: items.slice(0, most),
});
