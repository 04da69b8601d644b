/** Opens what is known of a target on this machine, for commands that run nothing: its database, its store, its documents. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { createFolderArtifactStore } from '#adapters/folder/folder-artifact-store';
import { createFolderProjectDocuments } from '#adapters/folder/folder-project-documents';
import { createPostgresDatabase } from '#adapters/postgres/postgres-database';
import { bindSaved } from '#domain/checks/bind-saved';
import type { Database, DatabaseAddress } from '#lambdas/ports/database';
import type { ProjectDocuments } from '#lambdas/ports/people';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import type { ArtifactStore } from '#lambdas/ports/store';
import type { RunOptions } from './run-options';
import { holdFolder } from './single-process';
import { documentsFolder, stateDirectoryOf, storeIn } from './state-directory';
import { openTarget } from './target';

export type KnownTarget = {
  readonly description: string;
  readonly stateDirectory: string;
  readonly connection: (address: DatabaseAddress) => Promise<ConnectionSettings>;
  readonly database: Database;
  readonly store: ArtifactStore;
  readonly documents: ProjectDocuments;
};

type Place = Pick<RunOptions, 'migrations' | 'databaseUrl'>;

/** Whoever only reads no documents names no folder. */
type DocumentedPlace = Place & Partial<Pick<RunOptions, 'documents'>>;

/** False where nothing was started yet: opening an embedded database would make one. */
export const isKnown = (place: Place): boolean =>
  place.databaseUrl !== null || existsSync(path.join(stateDirectoryOf(place), 'postgres'));

/**
 * The embedded database is started for as long as the work lasts. Errors when a run is at work on it: two processes must not; a
 * server of the user's own can be looked at meanwhile.
 */
export const withKnownTarget = async <T>(
  place: DocumentedPlace,
  work: (known: KnownTarget) => Promise<T>,
): Promise<T> => {
  const stateDirectory = stateDirectoryOf(place);
  const release = place.databaseUrl === null ? await holdFolder(stateDirectory) : async () => undefined;
  try {
    const target = await openTarget(place.databaseUrl, stateDirectory, { now: () => new Date() });
    try {
      const connection = (address: DatabaseAddress) => target.platform.connection(address);
      return await work({
        description: target.description,
        stateDirectory,
        connection,
        database: createPostgresDatabase({ connection, bindSaved }),
        store: createFolderArtifactStore({ directory: storeIn(stateDirectory) }),
        documents: createFolderProjectDocuments(documentsFolder(stateDirectory, place.documents ?? null)),
      });
    } finally {
      await target.close();
    }
  } finally {
    await release();
  }
};
