/** What failed and led to the question whether to roll back, in words for a person. */

export type RecordedFailure = {
  readonly state: string;
  readonly error: string;
  readonly cause: string;
};

/** A function's failure comes as JSON with its message inside; all other causes are words already. */
const causeInWords = (cause: string): string => {
  try {
    const { errorMessage } = (JSON.parse(cause) ?? {}) as { readonly errorMessage?: unknown };
    return typeof errorMessage === 'string' ? errorMessage : cause;
  } catch {
    return cause;
  }
};

export const readableFailure = ({ state, error, cause }: RecordedFailure): RecordedFailure => ({
  state,
  error,
  cause: causeInWords(cause),
});
