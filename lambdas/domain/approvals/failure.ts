/** What failed and led to the question whether to roll back, in words for a person. */
import { messageOf } from '#domain/reports/closing';

export type RecordedFailure = {
  readonly state: string;
  readonly error: string;
  readonly cause: string;
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
  cause: standing === undefined ? messageOf(cause) : `${messageOf(cause)}. The migration is ${standing}.`,
});
