/** What several rules ask of the same context is worked out at the first question. */

/** The same function with an answer kept for each object that it was asked about, as long as that object is. */
export const once = <K extends object, T>(workOut: (about: K) => T): ((about: K) => T) => {
  const known = new WeakMap<K, { readonly answer: T }>();
  return (about) => {
    const kept = known.get(about) ?? { answer: workOut(about) };
    known.set(about, kept);
    return kept.answer;
  };
};
