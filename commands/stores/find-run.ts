/** Finds the store that holds a run; the error lists the stores and runs there are. */
import { InvalidInput } from '#domain/errors';
import type { ArtifactStore } from '#lambdas/ports/store';

/** `option` is what a person types to choose this one: `--store .local/store`. */
export type NamedStore = { readonly option: string; readonly store: ArtifactStore };

const runsIn = async ({ store }: NamedStore) => [
  ...new Set((await store.list('runs/')).map((key) => key.split('/')[1] ?? '')),
];

/** Errors: InvalidInput when the run is in none of the stores, or in several. */
export const findRun = async (stores: readonly NamedStore[], runId: string | null): Promise<NamedStore> => {
  if (stores.length === 0)
    throw new InvalidInput(
      'no run was kept below this folder; name the store with --store DIR, or the bucket with --bucket NAME',
    );
  const all = await Promise.all(stores.map(async (store) => ({ store, runs: await runsIn(store) })));
  const [found, ...others] = all.filter(({ runs }) => runId !== null && runs.includes(runId));
  if (found && others.length === 0) return found.store;
  if (found)
    throw new InvalidInput(
      `the run "${runId}" is in ${others.length + 1} stores; choose one with ${[found, ...others].map(({ store }) => store.option).join(' or ')}`,
    );
  const there = all.map(({ store, runs }) => `  ${store.option}: ${runs.join(', ') || 'no run'}`);
  throw new InvalidInput(
    `${runId === null ? 'no run was named' : `there is no run "${runId}"`}; name one of these, with its store where two have it:\n${there.join('\n')}`,
  );
};
