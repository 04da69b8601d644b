/** graphile-migrate: `committed/000001-name.sql` with headers above an empty line; what is in `current.sql` is not committed. */
import { byVersion, fileNameOf, folderOf, nameOf } from './file-path';
import type { FolderFile, FolderForm } from './folder';
import { wholeFile } from './script';

const isCommitted = ({ path, bytes }: FolderFile) =>
  [null, 'committed'].includes(folderOf(path)) &&
  /^\d+(?:-[-_a-zA-Z0-9]*)?\.sql$/.test(fileNameOf(path)) &&
  /^--! Previous:/m.test(bytes.subarray(0, 400).toString('utf8'));

/** The first line of the body, which an empty line parts from the headers. */
const noTransaction = /^(?:--!.*\r?\n)+\s*--! no-transaction\b/;

const placeholder = /(?<![:\w]):[A-Z][A-Z0-9_]*\b/;

export const graphileMigrate: FolderForm = {
  id: 'graphile-migrate',
  name: 'graphile-migrate',
  showing: (files) => files.filter(isCommitted),
  read: (files) => ({
    migrations: files
      .map((file) => {
        const inTransaction = !noTransaction.test(file.bytes.toString('utf8'));
        return { name: nameOf(file.path), up: wholeFile(file, inTransaction), down: null };
      })
      .sort((one, other) => byVersion(one.name, other.name)),
    notes: files
      .filter(({ bytes }) => placeholder.test(bytes.toString('utf8')))
      .map(({ path }) => ({ says: 'placeholders such as :DATABASE_NAME are not filled in', name: path })),
  }),
  ownTables: [],
};
