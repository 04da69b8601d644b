/** What makes a run itself and no other: a token of its own, and the lease of its own target. */
import { randomUUID } from 'node:crypto';
import { InvalidInput } from '#domain/errors';
import type { Ports } from '#lambdas/ports/ports';
import { pinnedKeys } from '#lambdas/record/keys';
import { hasProvedEnd } from '#lambdas/record/proved-end';
import type { OpenRunInput, RunPin } from '#statemachine/contract';

const target = { branchId: 'target' } as const;

/**
 * Draws the token that tells the run from another one of its id. A second call of this very execution goes on with the token that
 * the first one has drawn. Errors: InvalidInput for a name that another execution has had: its evidence and its lease would be taken
 * for this one's.
 */
export const ownerOf = async (
  { store }: Pick<Ports, 'store'>,
  { name, startedAt }: OpenRunInput['execution'],
): Promise<string> => {
  const stored = await store.read(pinnedKeys(name).run);
  const pin = stored && (JSON.parse(stored.toString('utf8')) as RunPin);
  if (!pin) return randomUUID();
  if (pin.startedAt === startedAt) return pin.owner ?? randomUUID();
  throw new InvalidInput(
    `an execution named ${name} was started at ${pin.startedAt} already, and its name is its run's id; expected a name that was never used. Start it again with another name, or with none: Step Functions then draws one`,
  );
};

/**
 * A target that was restored from a branch holds the lease of the run that had made the branch. The document that ends a run is signed
 * when nothing of the run is under way any more: the lease of a run that has one is nobody's.
 */
export const releaseEndedLease = async (
  { database, store, signing }: Pick<Ports, 'database' | 'store' | 'signing'>,
  runId: string,
): Promise<void> => {
  const { lease } = await database.readTargetState(target);
  if (!lease || lease.isExpired || lease.runId === runId) return;
  if (await hasProvedEnd({ store, signing }, lease.runId)) await database.releaseLease(target, { runId: lease.runId });
};
