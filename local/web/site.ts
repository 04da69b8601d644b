/** The data behind the pages: the run's store and mail folder, and the part of the engine that they read. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Ports } from '#lambdas/ports/ports';
import type { ArtifactStore } from '#lambdas/ports/store';

/** A part of GetExecutionHistory's event. */
export type HistoryEvent = {
  readonly id: number;
  /** The event before this one in its own branch; 0 for the first. */
  readonly previousEventId: number;
  /** ISO 8601. */
  readonly timestamp: string;
  /** AWS's name, for example `TaskStateEntered`. */
  readonly type: string;
  readonly details?: Readonly<Record<string, unknown>>;
};

export type ExecutionSummary = {
  readonly executionArn: string;
  /** Also the run's id. */
  readonly name: string;
  readonly status: string;
  readonly startDate: Date;
  /** Absent while it runs. */
  readonly stopDate?: Date;
  /** Where several projects are shown. */
  readonly project?: string;
};

export type ExecutionDetail = ExecutionSummary & {
  readonly error?: string;
  readonly cause?: string;
};

export type WatchedEngine = {
  /** Calls the listener whenever something has happened in an execution; returns the function that unsubscribes. */
  subscribe(listener: (event: { readonly name: string }) => void): () => void;
  listExecutions(): Promise<readonly ExecutionSummary[]>;
  describeExecution(executionArn: string): Promise<ExecutionDetail>;
  /** In the order of the ids. */
  history(executionArn: string): Promise<readonly HistoryEvent[]>;
};

/** The Step Functions API, which answers on the same port as the pages. */
export type WireApi = {
  handles(request: IncomingMessage): boolean;
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
};

/** What answers an approver and the API, and takes a request for a rollback. */
export type Running = {
  readonly ports: Ports;
  readonly api: WireApi;
  /** True for executions of the workflow that takes a version back. */
  isRollback(executionArn: string): boolean;
  /** Starts that workflow, and gives the name of its execution. `migration` may be the run that applied it. */
  startRollback(asked: { readonly migration: string; readonly because: string }): Promise<string>;
};

export type Site = {
  readonly store: ArtifactStore;
  readonly engine: WatchedEngine;
  /** Folders into which every mail is written as an `.eml` file. */
  readonly mailDirectories: readonly string[];
  /** Null where nothing runs and the pages can only be read. */
  readonly running: Running | null;
};
