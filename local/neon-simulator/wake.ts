/**
 * Neon wakes a suspended compute when someone connects. Nothing proxies the connections here, so a request for the address wakes
 * it.
 */
import type { ConnectionSettings } from '#lambdas/ports/platform';
import type { BranchRecord } from './records';
import { refusals } from './refusal';
import type { Simulation } from './simulation';

/** Refusals: 404 when the branch has no endpoint, 422 when its server does not start, 423. */
export const wake = async (
  { computes, operations, records }: Simulation,
  branch: BranchRecord,
): Promise<ConnectionSettings> => {
  if (!branch.endpoint) throw refusals.notFound('read-write endpoint for the branch');
  const running = computes.connection(branch.id);
  if (running && branch.phase === 'ready') return running;
  const [operation] = operations.schedule(branch, [{ action: 'start_compute', run: () => computes.start(branch) }]);
  await operations.idle();
  const started = computes.connection(branch.id);
  if (started) return started;
  const outcome = records.current().operations.find(({ id }) => id === operation?.id);
  throw refusals.invalid(`the compute could not be started: ${outcome?.error ?? 'it ended again'}`);
};
