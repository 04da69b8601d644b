/** How long a function may run, read from the states that call it. */

/** The HTTP API gives up after 30 s; the page that says so should still be ours. */
export const pageTimeoutSeconds = 28;

type State = {
  readonly Resource?: string;
  readonly Arguments?: { readonly FunctionName?: string };
  readonly TimeoutSeconds?: number | string;
  readonly Branches?: readonly { readonly States: Readonly<Record<string, State>> }[];
};

/** A Lambda's longest life. */
const longestSeconds = 900;

/**
 * The function must have ended before its state times out: otherwise the next state would read the ledger while the
 * transaction can still be committed.
 */
const headStartSeconds = 5;

/** What no state calls, or what only leaves a question behind: enough for a cold start and a mail server that thinks. */
const standardSeconds = 60;

const statesOf = (states: Readonly<Record<string, State>>): readonly State[] =>
  Object.values(states).flatMap((state) => [
    state,
    ...(state.Branches ?? []).flatMap((branch) => statesOf(branch.States)),
  ]);

/** Seconds by function name, in whichever of the workflows it is called. A state that waits for a task token says nothing about its function. */
export const readTimeouts = (
  ...definitions: readonly Record<string, unknown>[]
): ((functionName: string) => number) => {
  const states = definitions.flatMap((one) => statesOf(one['States'] as Readonly<Record<string, State>>));
  return (functionName) => {
    const seconds = states
      .filter(({ Resource }) => Resource === 'arn:aws:states:::lambda:invoke')
      .filter(({ Arguments }) => Arguments?.FunctionName === `\${${functionName}Arn}`)
      .map(({ TimeoutSeconds }) => TimeoutSeconds)
      .filter((timeout) => typeof timeout === 'number');
    return seconds.length > 0 ? Math.min(longestSeconds, ...seconds) - headStartSeconds : standardSeconds;
  };
};
