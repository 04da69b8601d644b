/** What failed and led to a question, in words for a person. */
import { type AgainOutcome, againInWords, messageOf } from '#domain/reports/closing';

export type RecordedFailure = {
  readonly state: string;
  readonly error: string;
  readonly cause: string;
};

/** `standing` is what is committed of a migration that is only partly applied, `again` why it is not tried again. */
export const readableFailure = ({
  state,
  error,
  cause,
  standing,
  again,
}: RecordedFailure & { readonly standing?: string; readonly again?: AgainOutcome }): RecordedFailure => ({
  state,
  error,
  // A mail shows the beginning.
  cause: [againInWords(again), messageOf(cause) + (standing === undefined ? '' : `. The migration is ${standing}.`)]
    .join(' ')
    .trim(),
});
