/**
 * Makes a value once and then returns the same promise, always or for `maximumAgeMs`. A failed attempt is forgotten: a
 * container lives for hours, and the next call must not fail for a reason that has passed.
 */
export const rememberSuccess = <T>(
  make: () => Promise<T>,
  { maximumAgeMs = Number.POSITIVE_INFINITY, nowMs = Date.now } = {},
): (() => Promise<T>) => {
  let made: { readonly promise: Promise<T>; readonly sinceMs: number } | null = null;
  return () => {
    if (made && nowMs() - made.sinceMs < maximumAgeMs) return made.promise;
    const promise = make();
    const current = { promise, sinceMs: nowMs() };
    made = current;
    promise.catch(() => {
      if (made === current) made = null;
    });
    return promise;
  };
};
