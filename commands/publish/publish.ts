/** Makes the store's migrations equal to those of a folder; runs start from the store. */
import { InvalidInput } from '#domain/errors';
import { isChecksFileName } from '#domain/migration/file-name';
import { textSha256Of } from '#domain/migration/same-text';
import { sha256Of } from '#domain/sha256';
import type { ArtifactStore } from '#lambdas/ports/store';
import { type Publication, planPublication } from './plan-publication';
import type { MigrationFile } from './read-migrations';

const prefix = 'migrations/';

const readPublished = async (store: ArtifactStore) =>
  Promise.all(
    (await store.list(prefix)).map(async (key) => {
      const bytes = (await store.read(key)) ?? Buffer.alloc(0);
      return { name: key.slice(prefix.length), sha256: sha256Of(bytes), textSha256: textSha256Of(bytes) };
    }),
  );

/** Ordered so that a run that starts meanwhile never finds a migration without its checks. */
const checksFirst = (a: Publication, b: Publication) =>
  Number(isChecksFileName(b.name)) - Number(isChecksFileName(a.name));

/**
 * `remove` = delete what was published earlier and is not in the folder; the bucket keeps every version. Runs under way have
 * their own copies. Errors: InvalidInput when something is gone and `remove` is false; StoreFailed.
 */
export const publish = async (
  files: readonly MigrationFile[],
  { store, remove }: { readonly store: ArtifactStore; readonly remove: boolean },
): Promise<readonly Publication[]> => {
  const plan = planPublication(files, await readPublished(store));
  const gone = plan.filter(({ change }) => change === 'gone');
  if (gone.length > 0 && !remove)
    throw new InvalidInput(
      `nothing was published: ${gone.map(({ name }) => name).join(', ')} ${gone.length > 1 ? 'were' : 'was'} published earlier and ${gone.length > 1 ? 'are' : 'is'} not in the folder. Put it back, name the right folder, or use --remove`,
    );
  const bytesOf = new Map(files.map(({ name, bytes }) => [name, bytes]));
  const sent = plan.filter(({ change }) => change === 'new' || change === 'changed').sort(checksFirst);
  for (const { name } of sent) await store.write(`${prefix}${name}`, bytesOf.get(name) ?? '');
  for (const { name } of [...gone].sort(checksFirst).reverse()) await store.remove(`${prefix}${name}`);
  return plan;
};
