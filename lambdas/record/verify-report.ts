/** Whether a report is the one that follows from the evidence, and the one whose hash the closing document holds. */
import type { ReportFacts } from '#domain/boxes/facts';
import type { StoredEvidence } from '#domain/evidence/chain';
import { sha256Of } from '#domain/sha256';
import type { ArtifactStore } from '#lambdas/ports/store';
import { version } from '#lambdas/version';
import type { RunPin } from '#statemachine/contract';
import { reportKeys } from './keys';
import { endingIn, renderReport } from './report';

export type VerifiedReport = {
  /** One sentence each; empty is good. */
  readonly problems: readonly string[];
  /**
   * `made again`: byte for byte; `by its hash`: another version wrote it; `not covered`: so did one that kept no hash; `pin missing`: only
   * by its hash too, because no document holds the run's pin; `none`: the closing document says that none could be made.
   */
  readonly outcome: 'made again' | 'by its hash' | 'not covered' | 'pin missing' | 'none';
};

const madeAgain = async (
  store: ArtifactStore,
  run: RunPin,
  closing: StoredEvidence,
  before: readonly StoredEvidence[],
): Promise<readonly string[]> => {
  const ending = endingIn(closing.document);
  if (!ending) return [];
  try {
    const { files } = await renderReport(store, run, before, ending);
    return await Promise.all(
      Object.entries(files).map(async ([key, text]) =>
        (await store.read(key))?.equals(Buffer.from(text))
          ? ''
          : `${key} is not the report that follows from the evidence`,
      ),
    );
  } catch (error) {
    return [`the report cannot be made again: ${(error as Error).message}`];
  }
};

/** `before` is the evidence that the closing document names. */
export const verifyReport = async (
  store: ArtifactStore,
  run: RunPin | null,
  closing: StoredEvidence,
  before: readonly StoredEvidence[],
): Promise<VerifiedReport> => {
  const { facts, version: writtenBy } = closing.document;
  const kept = facts['report'] as ReportFacts | null | undefined;
  if (kept === undefined) return { problems: [], outcome: 'not covered' };
  const listed = new Map((kept?.files ?? []).map(({ key, sha256 }) => [key, sha256]));
  const byHash = await Promise.all(
    Object.values(reportKeys(closing.document.runId)).map(async (key) => {
      const bytes = await store.read(key);
      const wanted = listed.get(key);
      if ((bytes === null && wanted === undefined) || (bytes !== null && sha256Of(bytes) === wanted)) return '';
      return `${key} ${bytes === null ? 'was removed' : 'is not the report that the closing document names'}`;
    }),
  );
  const problemsByHash = byHash.filter((problem) => problem !== '');
  if (kept === null) return { problems: problemsByHash, outcome: 'none' };
  if (writtenBy !== version) return { problems: problemsByHash, outcome: 'by its hash' };
  if (run === null) return { problems: problemsByHash, outcome: 'pin missing' };
  const again = await madeAgain(store, run, closing, before);
  return { problems: [...problemsByHash, ...again.filter((problem) => problem !== '')], outcome: 'made again' };
};
