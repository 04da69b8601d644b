import type { ProjectDocuments } from '../../ports';
import { getObject, putObject, type S3Place, storeFailed } from './s3-requests';

const keyOf = (name: string) => `documents/${name}`;

/** The project's documents as they are proposed: objects below `documents/`, for a person to take into the repository. */
export const createS3ProjectDocuments = (place: S3Place): ProjectDocuments => ({
  read: async (name) => (await getObject(place, keyOf(name)))?.toString('utf8') ?? null,
  write: async (name, text) => {
    try {
      return (await putObject(place, keyOf(name), text)).uri;
    } catch (cause) {
      throw storeFailed(place, keyOf(name), 'written', cause);
    }
  },
});
