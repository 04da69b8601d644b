/** History events as GetExecutionHistory names them, and which member of the answer carries the details of each type. */

export type HistoryEvent = {
  readonly id: number;
  /** The event before this one in its own branch; 0 for the first state and for ExecutionStarted. */
  readonly previousEventId: number;
  /** ISO 8601. */
  readonly timestamp: string;
  readonly type: string;
  /** What AWS puts into the type's details member; input and output are JSON texts. */
  readonly details?: Readonly<Record<string, unknown>>;
};

// API_HistoryEvent: state events share two members, whatever the state's type.
const sharedMembers: readonly (readonly [string, string])[] = [
  ['StateEntered', 'stateEnteredEventDetails'],
  ['StateExited', 'stateExitedEventDetails'],
];

/** `taskScheduledEventDetails` for TaskScheduled. */
export const detailsMemberOf = (type: string) =>
  sharedMembers.find(([end]) => type.endsWith(end))?.[1] ??
  `${type.charAt(0).toLowerCase()}${type.slice(1)}EventDetails`;

// A standard execution ends with its 25,000th event, which says so.
export const mostEvents = 25_000;

const untruncated = { truncated: false };

export const inputDetails = (value: unknown) => ({ input: JSON.stringify(value), inputDetails: untruncated });
export const outputDetails = (value: unknown) => ({ output: JSON.stringify(value), outputDetails: untruncated });

/** Only the members that have a value; AWS leaves out an error or cause that does not exist. */
export const errorDetails = (failure: { readonly error?: string; readonly cause?: string }) => ({
  ...(failure.error !== undefined && { error: failure.error }),
  ...(failure.cause !== undefined && { cause: failure.cause }),
});
