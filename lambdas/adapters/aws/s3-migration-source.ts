import type { MigrationSource } from '#lambdas/ports/store';
import { getObject, listKeys, type S3Bucket } from './s3-requests';

const prefix = 'migrations/';

const isMigration = (fileName: string) =>
  fileName.endsWith('.sql') && !fileName.endsWith('.checks.sql') && !fileName.includes('/');

/** The migrations as they were published: objects below `migrations/`. */
export const createS3MigrationSource = (s3: S3Bucket): MigrationSource => ({
  list: async () =>
    (await listKeys(s3, prefix))
      .map((key) => key.slice(prefix.length))
      .filter(isMigration)
      .sort((a, b) => a.localeCompare(b, 'en', { numeric: true })),
  read: async (fileName) => (fileName.includes('/') ? null : getObject(s3, `${prefix}${fileName}`)),
});
