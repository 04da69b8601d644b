/** What the run's branch goes without: the target has it, so that a comparison with the branch must pass over it. */

import type { LeftOut } from '#domain/backup/left-out';
import { factsIn } from '#domain/boxes/facts';
import type { ArtifactStore } from '#lambdas/ports/store';
import { readRecorded } from './evidence';

/** Empty on a platform whose branches are the target's own pages. */
export const readLeftOut = async (store: ArtifactStore, runId: string): Promise<readonly LeftOut[]> => {
  const made = await readRecorded(store, runId, 'create-branch');
  return factsIn(made ? [made.document] : [], 'create-branch').branch?.leftOut ?? [];
};
