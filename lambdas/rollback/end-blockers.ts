/** Ends, before an attempt of the rollback, what people have allowed to be ended, and puts down what became of each. */
import type { AllowedEnding } from '#domain/boxes/attestations';
import { type EndedSession, isSameSession, type NeededLock } from '#domain/locks/in-the-way';
import type { Ports } from '#lambdas/ports/ports';
import { readRecorded } from '#lambdas/record/evidence';

type Allowed = {
  readonly runId: string;
  readonly mayEnd: readonly AllowedEnding[];
  readonly locks: readonly NeededLock[];
};

/** Those of earlier attempts are kept; one that was not in the way then is looked at again. */
export const endBlockers = async (
  { store, database }: Pick<Ports, 'store' | 'database'>,
  { runId, mayEnd, locks }: Allowed,
  put: (ended: readonly EndedSession[]) => void,
): Promise<void> => {
  const facts = (await readRecorded(store, runId, 'roll-back'))?.document.facts ?? {};
  const before = (facts['ended'] as readonly EndedSession[] | undefined) ?? [];
  if (before.length > 0) put(before);
  const isSettled = (one: AllowedEnding) =>
    before.some((ended) => isSameSession(ended, one) && ['ended', 'gone'].includes(ended.outcome));
  const left = mayEnd.filter((one) => !isSettled(one));
  if (left.length === 0) return;
  const ended = await database.endInTheWay({ branchId: 'target' }, locks, left);
  put([...before.filter((one) => !ended.some((other) => isSameSession(one, other))), ...ended]);
};
