/** Whether the copies of what Open run has pinned are the same everywhere: in its document, in run.json and in the files. */
import { factsIn } from '#domain/boxes/facts';
import type { StoredEvidence } from '#domain/evidence/chain';
import type { ArtifactStore } from '#lambdas/ports/store';
import type { RunPin } from '#statemachine/contract';
import { pinnedKeys } from './keys';
import { readPinnedMigration } from './pinned-migration';

/** As the document of Open run holds it, or that of Open rollback; null where there is neither. */
export const pinIn = (stored: readonly StoredEvidence[]): RunPin | null => {
  const documents = stored.map(({ document }) => document);
  const run = factsIn(documents, '00-open-run').run ?? factsIn(documents, 'open-rollback').run;
  return (run as RunPin | undefined) ?? null;
};

const asText = (value: unknown) => JSON.stringify(value);

/** One sentence for each copy that differs; empty is good. */
export const verifyPin = async (
  store: ArtifactStore,
  runId: string,
  stored: readonly StoredEvidence[],
): Promise<readonly string[]> => {
  const run = pinIn(stored);
  if (!run) return [];
  const key = pinnedKeys(runId).run;
  const problems: string[] = [];
  try {
    const bytes = await store.read(key);
    if (asText(JSON.parse(bytes?.toString('utf8') ?? 'null')) !== asText(run))
      problems.push(`${key} is not what Open run has pinned`);
  } catch {
    problems.push(`${key} is not what Open run has pinned`);
  }
  const documents = stored.map(({ document }) => document);
  for (const name of ['04-environment-check', '07-connect'] as const) {
    const { expected } = factsIn(documents, name);
    if (expected !== undefined && asText(expected) !== asText(run.target))
      problems.push(`${name} was made for another target than Open run has pinned`);
  }
  try {
    await readPinnedMigration(store, run);
  } catch (error) {
    problems.push((error as Error).message);
  }
  return problems;
};
