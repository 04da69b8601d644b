/** Rollbacks that somebody asks for, on the second workflow. */
import { messageOf } from '#domain/reports/closing';
import type { Clock } from '#lambdas/ports/ports';
import type { RollbackInput } from '#statemachine/rollback-contract';
import { nameRun } from './runs';
import type { Runtime } from './runtime';
import { rollbackArn } from './workflows';

export type RollbackEnd = {
  readonly runId: string;
  readonly executionArn: string;
  readonly isTakenBack: boolean;
  /** The error's name as the workflow has it; null when it was rolled back. */
  readonly error: string | null;
  /** For a person: it has no name of an error. */
  readonly message: string;
};

type AskedRollback = Pick<RollbackInput, 'migration'> & Partial<RollbackInput>;

/** Starts it and gives its name. */
export const beginRollback = async (
  { engine, clock, startedBy }: Pick<Runtime, 'engine' | 'startedBy'> & { readonly clock: Clock },
  input: AskedRollback,
): Promise<{ readonly name: string; readonly executionArn: string }> => {
  const name = nameRun(`rollback-${input.migration}`, clock.now());
  const { executionArn } = await engine.startExecution({
    stateMachineArn: rollbackArn,
    name,
    input: { startedBy, ...input },
  });
  return { name, executionArn };
};

/** Starts it and waits for its end. */
export const startRollback = async (runtime: Runtime, input: AskedRollback): Promise<RollbackEnd> => {
  const { executionArn } = await beginRollback({ ...runtime, clock: runtime.ports.clock }, input);
  return finishRollback(runtime, executionArn);
};

/** Waits for its end and says how it ended. */
export const finishRollback = async (runtime: Runtime, executionArn: string): Promise<RollbackEnd> => {
  const { name, status, error, cause, output } = await runtime.engine.waitFor(executionArn);
  await runtime.settled();
  const isTakenBack = status === 'SUCCEEDED';
  const said = isTakenBack ? (output as { readonly cause: string }).cause : messageOf(cause ?? '');
  return {
    runId: name,
    executionArn,
    isTakenBack,
    error: isTakenBack ? null : (error ?? status),
    message: said || `it ended with ${error ?? status}`,
  };
};

/** Those that an earlier process left; the engine has resumed them when it opened. */
export const unfinishedRollbacks = async ({ engine }: Runtime) =>
  (await engine.listExecutions({ status: 'RUNNING' })).filter(({ stateMachineArn }) => stateMachineArn === rollbackArn);
