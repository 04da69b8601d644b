/** Why a run ended without sign-off, in one name and one sentence that says what to do. */

export type Closing = { readonly error: string; readonly cause: string };

export type Ending = {
  readonly migration: string;
  readonly decision: { readonly decision: string; readonly by: string; readonly reason: string } | null;
  readonly failure: {
    readonly state: string;
    readonly error: string;
    readonly cause: string;
    readonly committed: boolean;
  } | null;
  readonly rollback: { readonly outcome: string; readonly cause?: string } | null;
};

/** A Lambda's cause is JSON with errorMessage; everything else is text. */
export const messageOf = (cause: string): string => {
  try {
    const parsed = JSON.parse(cause) as { errorMessage?: unknown };
    return typeof parsed.errorMessage === 'string' ? parsed.errorMessage : cause;
  } catch {
    return cause;
  }
};

const afterRollback: Readonly<Record<string, (ending: Ending) => string>> = {
  'rolled back': ({ migration }) =>
    `${migration} was rolled back and the schema is as before. Correct it in a new migration; the file itself stays as it is.`,
  'rolled back and differs': ({ migration, rollback }) =>
    `${migration} was rolled back, but the schema is not as before: ${messageOf(rollback?.cause ?? '')}. Compare and correct by hand.`,
  failed: ({ migration, rollback }) =>
    `the rollback of ${migration} failed and ${migration} stands: ${messageOf(rollback?.cause ?? '')}. Roll back by hand.`,
  'not approved': ({ migration }) => `nobody approved the rollback: ${migration} stands on the target.`,
};

const isExpired = (error: string) => error === 'States.Timeout' || error === 'States.HeartbeatTimeout';

/** The execution's error and cause. */
export const closingOf = (ending: Ending): Closing => {
  const { migration, decision, failure, rollback } = ending;
  if (failure && (rollback || failure.committed)) {
    const told = rollback ? afterRollback[rollback.outcome]?.(ending) : `${migration} stands on the target.`;
    return { error: failure.error, cause: `${failure.state}: ${messageOf(failure.cause)}. ${told ?? ''}`.trim() };
  }
  if (failure?.state.startsWith('Approve') && isExpired(failure.error))
    return {
      error: 'ApprovalExpired',
      cause: `nobody decided "${failure.state}" of ${migration} in time. Nothing was changed. Start a new run.`,
    };
  if (failure)
    return {
      error: failure.error,
      cause: `${failure.state}: ${messageOf(failure.cause)} Nothing was changed on the target.`,
    };
  if (decision?.decision === 'rejected')
    return {
      error: 'ApprovalRejected',
      cause: `${decision.by} rejected ${migration}: ${decision.reason}. Nothing was changed on the target.`,
    };
  return { error: 'RunClosed', cause: `the run of ${migration} was closed without a decision or an error` };
};
