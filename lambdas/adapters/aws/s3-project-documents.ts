import { StoreFailed } from '#domain/errors';
import type { ProjectDocuments } from '#lambdas/ports/people';
import { getObject, putObject, type S3Bucket, storeFailed } from './s3-requests';

/** S3 accepts ".." as part of a name, and a person who copies the documents would then write outside the project. */
const keyOf = (name: string) => {
  if (!name.split('/').some((part) => part === '' || part === '.' || part === '..')) return `documents/${name}`;
  throw new StoreFailed(`"${name}" leads out of the documents; expected a name such as docs/decisions.md`);
};

/** The project's documents as they are proposed: objects below `documents/`, for a person to take into the repository. */
export const createS3ProjectDocuments = (s3: S3Bucket): ProjectDocuments => ({
  read: async (name) => (await getObject(s3, keyOf(name)))?.toString('utf8') ?? null,
  write: async (name, text) => {
    const key = keyOf(name);
    try {
      return (await putObject(s3, key, text)).uri;
    } catch (cause) {
      throw storeFailed(s3, key, 'written', cause);
    }
  },
});
