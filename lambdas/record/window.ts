/** What the store knows of a run's window. */
import type { Watch } from '#domain/monitoring/watch';
import type { Ports } from '#lambdas/ports/ports';
import { evidenceOfStep, type Recorded, readRecorded } from './evidence';
import { readJson } from './json';
import { documentKey, watchKeys } from './keys';

export type Window = {
  readonly watch: Watch;
  /** What the window has said; null while it is open. */
  readonly recorded: Recorded | null;
};

/** What lies at `windowKey`: whose window was opened last for a target. */
export type WindowPointer = { readonly runId: string };

/** The documents that close a run: after them nothing may be added to it. */
const closing = ['sign-off', 'close-run'];

/** Null when the run has no window, or was closed: its execution was stopped meanwhile. */
export const readWindow = async ({ store }: Ports, runId: string): Promise<Window | null> => {
  const watch = await readJson<Watch>(store, watchKeys(runId).watch);
  const closed = await Promise.all(closing.map((name) => store.read(documentKey(runId, name))));
  if (!watch || closed.some((document) => document !== null)) return null;
  return { watch, recorded: await readRecorded(store, runId, evidenceOfStep(16).name) };
};
