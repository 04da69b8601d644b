/** The `lambda:invoke` integration: the handler's input, and the form of its result or error in the workflow. */
import { raceWithin } from '../cancellation';
import { isTooLarge, mostBytes } from '../limits';
import { functionNameOf } from '../names';
import type { Run } from '../run';
import type { Scheduled } from './schedule';
import { type Settled, timeOutAt } from './settled';

// A Cause has room for 32,768 characters; a longer trace is left out, a longer message cut.
const longestCause = 32_768;

const causeOf = (errorType: string, errorMessage: string, trace: readonly string[]) => {
  const whole = JSON.stringify({ errorType, errorMessage, trace });
  if (whole.length <= longestCause) return whole;
  return JSON.stringify({ errorType, errorMessage: errorMessage.slice(0, longestCause / 4), trace: [] });
};

/** As Lambda reports an error that a Node.js handler threw. */
const failureOf = (thrown: unknown): Settled => {
  const { name, message, stack } = (typeof thrown === 'object' && thrown !== null ? thrown : {}) as Partial<Error>;
  const error = name || 'Error';
  const cause = causeOf(error, message ?? String(thrown), (stack ?? '').split('\n').filter(Boolean));
  return { kind: 'failed', failure: { error, cause } };
};

const tooLarge = (functionName: string): Settled => ({
  kind: 'failed',
  failure: {
    error: 'States.DataLimitExceeded',
    cause: `The function '${functionName}' returned a result with a size exceeding the maximum number of bytes service limit (${mostBytes}).`,
  },
});

/** Calls the handler once. Never rejects: an error is an outcome. */
export const invokeLambda = async (run: Run, { parameters }: Scheduled, signal: AbortSignal): Promise<Settled> => {
  const functionName = functionNameOf(parameters.FunctionName);
  try {
    const answer = await run.invoke(functionName, parameters.Payload ?? {}, signal);
    const output = { ExecutedVersion: '$LATEST', Payload: answer ?? null, StatusCode: 200 };
    if (isTooLarge(output)) return tooLarge(functionName);
    return { kind: 'succeeded', output: JSON.parse(JSON.stringify(output)) as unknown };
  } catch (error) {
    return failureOf(error);
  }
};

/**
 * Calls the handler and waits for its answer within TimeoutSeconds. They count from this call: a call that was running when the
 * process died is made again, with the whole time.
 */
export const callFunction = (run: Run, scheduled: Scheduled, outer: AbortSignal): Promise<Settled> => {
  const { timeoutSeconds } = scheduled;
  const deadlineMs = run.clock.now().getTime() + (timeoutSeconds ?? 0) * 1_000;
  return raceWithin(outer, (signal) => [
    invokeLambda(run, scheduled, signal),
    ...(timeoutSeconds === null ? [] : [timeOutAt(run.clock, deadlineMs, signal)]),
  ]);
};
