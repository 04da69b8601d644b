/** What the branch goes without, as `Create branch` has found out. */
import type { LeftOut } from '#domain/backup/left-out';
import { factsIn } from '#domain/boxes/facts';
import type { EvidenceDocument } from '#domain/evidence/document';

/** Empty on a platform whose branches are the target's own pages. */
export const leftOutIn = (earlier: readonly EvidenceDocument[]): readonly LeftOut[] =>
  factsIn(earlier, 'create-branch').branch?.leftOut ?? [];
