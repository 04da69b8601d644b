/** What is kept of a post-mortem beside its run, whose folder is closed when the reminders are sent. */
import type { PostMortem } from '#domain/reports/post-mortem';
import type { ArtifactStore } from '#lambdas/ports/store';
import { readJson } from './json';
import { postMortemKey } from './keys';

/** What the schedule calls with: of the run whose post-mortem people are reminded of. */
export type RemindInput = { readonly runId: string };

/** The name of its schedule. */
export const reminderName = (runId: string): string => `post-mortem-${runId}`;

/** Null when nobody is to be reminded of this run. */
export const readPostMortem = (store: ArtifactStore, runId: string): Promise<PostMortem | null> =>
  readJson<PostMortem>(store, postMortemKey(runId));

export const writePostMortem = async (store: Pick<ArtifactStore, 'write'>, postMortem: PostMortem): Promise<void> => {
  await store.write(postMortemKey(postMortem.runId), `${JSON.stringify(postMortem, null, 2)}\n`);
};
