import type { FolderFile } from '#domain/folders/folder';
import { otherFolderIn } from '#domain/folders/others';
import { formFileName, readFormFile } from '#domain/folders/published-form';
import type { MigrationSource } from '#lambdas/ports/store';
import { getObject, listKeys, type S3Bucket } from './s3-requests';

const prefix = 'migrations/';

const isMigration = (fileName: string) =>
  fileName.endsWith('.sql') && !fileName.endsWith('.checks.sql') && !fileName.includes('/');

/** So many objects are read beside each other. */
const together = 50;

const readAll = async (s3: S3Bucket): Promise<readonly FolderFile[]> => {
  const keys = await listKeys(s3, prefix);
  const files: FolderFile[] = [];
  for (let from = 0; from < keys.length; from += together)
    files.push(
      ...(await Promise.all(
        keys.slice(from, from + together).map(async (key) => ({
          path: key.slice(prefix.length),
          bytes: (await getObject(s3, key)) ?? Buffer.alloc(0),
        })),
      )),
    );
  return files;
};

/** The migrations as they were published: objects below `migrations/`, and for another tool's form a file that names it. */
export const createS3MigrationSource = (s3: S3Bucket): MigrationSource => {
  const readOthers = async () => {
    const form = await getObject(s3, `${prefix}${formFileName}`);
    if (!form) return null;
    const files = (await readAll(s3)).filter((file) => file.path !== formFileName);
    return otherFolderIn(files, [], { form: readFormFile(form) });
  };
  return {
    readOthers,
    list: async () =>
      (await readOthers())?.migrations.map(({ fileName }) => fileName) ??
      (await listKeys(s3, prefix))
        .map((key) => key.slice(prefix.length))
        .filter(isMigration)
        .sort((a, b) => a.localeCompare(b, 'en', { numeric: true })),
    // What was published, never a key that leads elsewhere.
    read: async (fileName) =>
      fileName.split('/').some((part) => part === '..' || part === '') ? null : getObject(s3, `${prefix}${fileName}`),
  };
};
