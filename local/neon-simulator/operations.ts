/** Runs the slow operations, one group after the other: while a group is under way the project accepts no other. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '#lambdas/ports/ports';
import { adviceFor } from '#local/postgres/failure-advice';
import { timestamp } from './identifiers';
import type { RecordFile } from './record-file';
import type { BranchRecord, OperationAction, OperationRecord } from './records';
import { refusals } from './refusal';

export type PendingAction = { readonly action: OperationAction; readonly run: () => Promise<void> };

export type Operations = {
  isIdle(): boolean;
  /** Throws the refusal 423 while a group is under way. */
  assertIdle(): void;
  /**
   * Starts the group and returns its records. Each part begins when the one before it is finished; after a failure the
   * rest is cancelled and `onFailure` puts things in order.
   */
  schedule(
    branch: Pick<BranchRecord, 'id' | 'endpoint'>,
    group: readonly PendingAction[],
    onFailure?: () => Promise<void>,
  ): readonly OperationRecord[];
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
};

export const createOperations = (records: RecordFile, clock: Clock): Operations => {
  let underWay: Promise<void> | null = null;

  const set = (id: string, patch: Partial<OperationRecord>) =>
    records.changeOperation(id, { ...patch, updatedAt: timestamp(clock.now()) });

  const runOne = async (
    { id }: OperationRecord,
    pending: PendingAction,
    onFailure: () => Promise<void>,
  ): Promise<'finished' | 'failed'> => {
    const startedAt = performance.now();
    const durationMs = () => Math.round(performance.now() - startedAt);
    set(id, { status: 'running' });
    try {
      await pending.run();
      set(id, { status: 'finished', durationMs: durationMs() });
      return 'finished';
    } catch (failure) {
      const words = (failure as Error).message;
      const error = `${words}${adviceFor(words)}`;
      const aftermath = await onFailure().then(
        () => '',
        (second: Error) => `; and then: ${second.message}`,
      );
      set(id, { status: 'failed', durationMs: durationMs(), error: `${error}${aftermath}` });
      return 'failed';
    }
  };

  const runGroup = async (
    planned: readonly OperationRecord[],
    group: readonly PendingAction[],
    onFailure: () => Promise<void>,
  ) => {
    let hasFailed = false;
    for (const [index, operation] of planned.entries()) {
      const pending = group[index];
      if (hasFailed || !pending) set(operation.id, { status: 'cancelled' });
      else hasFailed = (await runOne(operation, pending, onFailure)) === 'failed';
    }
  };

  const assertIdle = () => {
    if (underWay) throw refusals.locked();
  };

  return {
    isIdle: () => underWay === null,
    assertIdle,
    schedule: (branch, group, onFailure = async () => undefined) => {
      assertIdle();
      const now = timestamp(clock.now());
      const planned = group.map(
        ({ action }): OperationRecord => ({
          id: randomUUID(),
          branchId: branch.id,
          endpointId: branch.endpoint?.id ?? null,
          action,
          status: 'scheduling',
          error: null,
          createdAt: now,
          updatedAt: now,
          durationMs: 0,
        }),
      );
      records.addOperations(planned);
      // No request is answered between the last part's end and this: a client that saw it finished may continue at once.
      underWay = runGroup(planned, group, onFailure).finally(() => {
        underWay = null;
      });
      return planned;
    },
    idle: async () => {
      while (underWay) await underWay;
    },
  };
};
