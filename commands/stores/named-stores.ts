/** The stores that a person has named, or those that lie below this folder. */
import path from 'node:path';
import { createS3ArtifactStore } from '#adapters/aws/s3-artifact-store';
import { createFolderArtifactStore } from '#adapters/folder/folder-artifact-store';
import { listStores } from '#local/state-directory';
import type { NamedStore } from './find-run';
import { openS3 } from './open-s3';

export const namedStores = ({
  bucket,
  store,
}: {
  readonly bucket?: string | undefined;
  readonly store?: string | undefined;
}): readonly NamedStore[] => {
  if (bucket !== undefined)
    return [{ option: `--bucket ${bucket}`, store: createS3ArtifactStore({ client: openS3(process.cwd()), bucket }) }];
  return (store === undefined ? listStores() : [store]).map((directory) => ({
    option: `--store ${directory}`,
    store: createFolderArtifactStore({ directory: path.resolve(directory) }),
  }));
};
