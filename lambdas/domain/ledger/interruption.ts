/** What ends an apply and passes by itself: once it is known how far it came, it can be made again. */

/** An attempt of Step 8 that something passing has ended. */
export type ApplyInterruption = {
  readonly error: string;
  readonly message: string;
  /** What the ledger said of it. */
  readonly outcome: 'partly applied' | 'not committed';
};

/** Ours that say so, and those of Lambda that are over in a moment. Not a time limit: the next attempt would take as long. */
const passing: readonly string[] = [
  'DatabaseUnreachable',
  'OutcomeUnknown',
  'PlatformFailed',
  'StoreFailed',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
];

export const isPassing = (error: string): boolean => passing.includes(error);

/** Three: of more than a thousand cut connections every one was over at the second attempt. */
export const mostAttemptsAgain = 3;
