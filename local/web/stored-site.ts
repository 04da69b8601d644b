/** The runs, reports and mails of any number of projects as one site, read from their folders while nothing runs. */
import path from 'node:path';
import { createFolderArtifactStore } from '#adapters/folder/folder-artifact-store';
import type { ArtifactStore } from '#lambdas/ports/store';
import { createJournalReader } from '#local/engine/read-journals';
import { isHeld } from '#local/single-process';
import type { ExecutionDetail, ExecutionSummary, Site } from './site';

export type StoredProject = {
  /** As a person would type it, `.local/projects/shop-1a2b3c4d`. */
  readonly name: string;
  readonly stateDirectory: string;
};

const refuse = () => Promise.reject(new Error('these pages are read only'));

/** Keys name their run, and a run lies in one store. */
const readOnly = (stores: readonly ArtifactStore[]): ArtifactStore => ({
  read: async (key) => {
    for (const store of stores) {
      const bytes = await store.read(key);
      if (bytes) return bytes;
    }
    return null;
  },
  list: async (prefix) => (await Promise.all(stores.map((store) => store.list(prefix)))).flat().sort(),
  readStream: refuse,
  write: refuse,
  writeIfAbsent: refuse,
  writeStream: refuse,
  remove: refuse,
});

/** A journal alone cannot tell a run that goes on from one whose process has ended. */
const asItStands = async <T extends ExecutionSummary>(execution: T, stateDirectory: string): Promise<T> =>
  execution.status !== 'RUNNING' || (await isHeld(stateDirectory))
    ? execution
    : { ...execution, status: 'INTERRUPTED' };

export const openStoredSite = (projects: readonly StoredProject[]): Site => {
  const readers = projects.map(({ name, stateDirectory }) => ({
    project: name,
    stateDirectory,
    journals: createJournalReader(path.join(stateDirectory, 'engine')),
  }));
  const ownerOf = async (executionArn: string) => {
    for (const reader of readers) {
      const described = await reader.journals.describe(executionArn);
      if (described) return { ...reader, described };
    }
    throw new Error('the execution is gone');
  };
  return {
    store: readOnly(
      projects.map(({ stateDirectory }) =>
        createFolderArtifactStore({ directory: path.join(stateDirectory, 'store') }),
      ),
    ),
    mailDirectories: projects.map(({ stateDirectory }) => path.join(stateDirectory, 'mail')),
    running: null,
    engine: {
      // Whoever wants to see more loads the page again.
      subscribe: () => () => undefined,
      listExecutions: async () =>
        (
          await Promise.all(
            readers.map(async ({ project, stateDirectory, journals }) =>
              Promise.all((await journals.list()).map((one) => asItStands({ ...one, project }, stateDirectory))),
            ),
          )
        ).flat(),
      describeExecution: async (executionArn): Promise<ExecutionDetail> => {
        const { described, stateDirectory } = await ownerOf(executionArn);
        return asItStands<ExecutionDetail>(described, stateDirectory);
      },
      history: async (executionArn) => (await ownerOf(executionArn)).journals.history(executionArn),
    },
  };
};
