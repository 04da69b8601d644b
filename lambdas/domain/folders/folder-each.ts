/** Forms with a folder for each migration: diesel and others, Prisma, Drizzle since 1.0. */
import { chunksOf } from './drizzle';
import { byName, fileNameOf, folderOf, type Order } from './file-path';
import type { FolderFile, FolderForm, FolderNote, ReadMigrations, Script } from './folder';
import { sameVersions } from './same-version';
import { unlessEmpty, wholeFile } from './script';

type Reading = {
  readonly up: string;
  readonly down: string;
  readonly order: Order;
  readonly scriptOf: (file: FolderFile, inTransaction: boolean) => Script;
};

/** diesel's `metadata.toml`: one that does not say it means false as well. */
const leavesTransaction = (settings: FolderFile | undefined) =>
  settings !== undefined && !/^\s*run_in_transaction\s*=\s*true\b/m.test(settings.bytes.toString('utf8'));

const readFolders = (files: readonly FolderFile[], { up, down, order, scriptOf }: Reading): ReadMigrations => {
  const folders = new Map<string, Map<string, FolderFile>>();
  for (const file of files) {
    const folder = folderOf(file.path);
    if (folder !== null) folders.set(folder, (folders.get(folder) ?? new Map()).set(fileNameOf(file.path), file));
  }
  const names = [...folders.keys()].sort(order);
  return {
    migrations: names.flatMap((name) => {
      const forwards = folders.get(name)?.get(up);
      const back = folders.get(name)?.get(down);
      const inTransaction = !leavesTransaction(folders.get(name)?.get('metadata.toml'));
      if (!forwards) return [];
      return [
        {
          name,
          up: scriptOf(forwards, inTransaction),
          down: back ? unlessEmpty(scriptOf(back, inTransaction)) : null,
        },
      ];
    }),
    notes: names
      .filter((name) => !folders.get(name)?.has(up))
      .map((name): FolderNote => ({ says: `there is no ${up} in it, so it is not run`, name: `${name}/` })),
  };
};

const inFolderNamed =
  (...names: readonly string[]) =>
  ({ path }: FolderFile): boolean =>
    path.split('/').length === 2 && names.includes(fileNameOf(path));

/** diesel's version: what stands before the first `_`, without its hyphens. */
const dieselVersionOf = (name: string) => (name.split('_')[0] ?? '').replaceAll('-', '');

const byDieselVersion: Order = (one, other) =>
  byName(dieselVersionOf(one), dieselVersionOf(other)) || byName(one, other);

const ofUpAndDown = inFolderNamed('up.sql', 'down.sql', 'metadata.toml');

/** A `down.sql` is Prisma's where a `migration.sql` lies beside it, and this form's everywhere else. */
const besideMigrationSql = (file: FolderFile, files: readonly FolderFile[]) =>
  files.some(({ path }) => path === `${folderOf(file.path)}/migration.sql`);

export const upAndDownFolders: FolderForm = {
  id: 'folders',
  name: '<name>/up.sql and down.sql',
  showing: (files) => {
    const own = files.filter((file) => ofUpAndDown(file) && !besideMigrationSql(file, files));
    return own.some(({ path }) => fileNameOf(path) === 'up.sql') ? own : [];
  },
  takesToo: ofUpAndDown,
  read: (files) => {
    const read = readFolders(files, { up: 'up.sql', down: 'down.sql', order: byDieselVersion, scriptOf: wholeFile });
    const ups = files.filter(({ path }) => fileNameOf(path) === 'up.sql');
    const versionIn = ({ path }: FolderFile) => dieselVersionOf(folderOf(path) ?? '');
    return { ...read, notes: [...read.notes, ...sameVersions(ups, versionIn, 'diesel itself fails at the second')] };
  },
  ownTables: ['__diesel_schema_migrations'],
};

/** As both tools sort, in Node and in Rust's engine alike. */
const byLocale: Order = (one, other) => one.localeCompare(other, 'en');

const ofMigrationSql = inFolderNamed('migration.sql', 'down.sql');

const lockOf = (files: readonly FolderFile[]) => files.filter(({ path }) => path === 'migration_lock.toml');

const otherProvider = ({ path, bytes }: FolderFile): readonly FolderNote[] => {
  const provider = /^\s*provider\s*=\s*"([^"]*)"/m.exec(bytes.toString('utf8'))?.[1];
  return provider === undefined || provider.startsWith('postgres')
    ? []
    : [{ says: `it names the provider ${provider}; expected postgresql`, name: path }];
};

const snapshotsOf = (files: readonly FolderFile[]) =>
  files.filter((file) => inFolderNamed('snapshot.json')(file) && besideMigrationSql(file, files));

/** Since 1.0 Drizzle keeps a folder for each migration, a snapshot beside the SQL, and no journal. */
export const drizzleFolders: FolderForm = {
  id: 'drizzle-folders',
  name: 'Drizzle 1.0',
  showing: (files) => (snapshotsOf(files).length > 0 ? files.filter(ofMigrationSql) : []),
  takesToo: ofMigrationSql,
  read: (files) =>
    readFolders(files, {
      up: 'migration.sql',
      down: 'down.sql',
      order: byLocale,
      scriptOf: (file, inTransaction) => {
        const script = wholeFile(file, inTransaction);
        return { ...script, parts: script.parts.flatMap(({ text }) => chunksOf(text)) };
      },
    }),
  ownTables: ['__drizzle_migrations'],
};

/** Prisma itself never goes back; its documentation has people keep a `down.sql` beside the migration. */
export const prisma: FolderForm = {
  id: 'prisma',
  name: 'Prisma',
  showing: (files) => {
    const own = files.filter((file) => ofMigrationSql(file) && besideMigrationSql(file, files));
    return own.length > 0 && snapshotsOf(files).length === 0 ? [...own, ...lockOf(files)] : [];
  },
  takesToo: ofMigrationSql,
  read: (files) => {
    const read = readFolders(
      files.filter(({ path }) => path !== 'migration_lock.toml'),
      { up: 'migration.sql', down: 'down.sql', order: byLocale, scriptOf: wholeFile },
    );
    return { ...read, notes: [...read.notes, ...lockOf(files).flatMap(otherProvider)] };
  },
  ownTables: ['_prisma_migrations'],
};
