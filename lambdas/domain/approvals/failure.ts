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

/** `standing` is what is committed of a migration that is only partly applied. */
export const readableFailure = ({
  state,
  error,
  cause,
  standing,
}: RecordedFailure & { readonly standing?: string }): RecordedFailure => ({
  state,
  error,
  cause: standing === undefined ? causeInWords(cause) : `${causeInWords(cause)}. The migration is ${standing}.`,
});
