/** A migration of another tool's folder as a run takes it: its own files, and what the tool calls it. */
import { folderOf } from './file-path';
import type { FolderFile, FolderMigration, MigrationFolder } from './folder';

/** What a file of a migration is for: going forward (and back, where one file holds both), going back, or settings beside it. */
export type FileRole = 'forward' | 'back' | 'settings';

export type OriginFile = { readonly role: FileRole; readonly path: string };

/** How a run's migration lay in its folder; our own form has none. */
export type Origin<File extends OriginFile = OriginFile & { readonly sha256: string }> = {
  /** The form's id, as `--form` has it. */
  readonly form: string;
  /** The form's name, for people. */
  readonly formName: string;
  /** By which people know the migration. */
  readonly name: string;
  /** The name of the migration before it in the folder; null for the first. */
  readonly previous: string | null;
  /** The way forward first. */
  readonly files: readonly File[];
};

export type ReadFile = OriginFile & { readonly bytes: Buffer };

export type SourceMigration = {
  /** The path of the way forward below the folder: by it a run names the migration. */
  readonly fileName: string;
  /** As the tool knows it: digits where it goes by digits, else the name. */
  readonly version: string;
  readonly origin: Origin<ReadFile>;
};

const digitsOf = (name: string) => /^\d+/.exec(name)?.[0] ?? name;

/** Flyway: `1.0` and `1` are the same version. */
const flywayVersionOf = (name: string) => {
  const numbers = (/^V(\d+(?:[._]\d+)*)__/.exec(name)?.[1] ?? name).split(/[._]/);
  while (numbers.length > 1 && /^0+$/.test(numbers.at(-1) ?? '')) numbers.pop();
  return numbers.join('.');
};

/** diesel's version is what stands before the first `_`, without its hyphens. */
const dieselVersionOf = (name: string) => (name.split('_')[0] ?? '').replaceAll('-', '') || name;

const whole = (name: string) => name;

/** How the form's tool tells migrations from each other, by the form's id; digits where a form is not named. */
const versions: Readonly<Record<string, (name: string) => string>> = {
  drizzle: whole,
  'drizzle-folders': whole,
  flyway: flywayVersionOf,
  folders: dieselVersionOf,
  'node-pg-migrate': whole,
  prisma: whole,
  'sql-migrate': whole,
};

const settingsBeside: Readonly<Record<string, (path: string) => string>> = {
  drizzle: () => 'meta/_journal.json',
  flyway: (path) => `${path}.conf`,
  folders: (path) => path.replace(/[^/]*$/, 'metadata.toml'),
};

/** The last part of a name that may have a version's folder in front. */
const lastOf = (name: string) => name.slice(name.lastIndexOf('/') + 1);

export const versionInForm = (form: string, name: string): string => (versions[form] ?? digitsOf)(lastOf(name));

const filesOf = (
  form: string,
  { up, down }: FolderMigration,
  files: ReadonlyMap<string, FolderFile>,
): readonly ReadFile[] => {
  const settings = settingsBeside[form]?.(up.fileName);
  const wanted: readonly (OriginFile | null)[] = [
    { role: 'forward', path: up.fileName },
    down && down.fileName !== up.fileName ? { role: 'back', path: down.fileName } : null,
    settings === undefined ? null : { role: 'settings', path: settings },
  ];
  return wanted.flatMap((one) => {
    const file = one && files.get(one.path);
    return one && file ? [{ ...one, bytes: file.bytes }] : [];
  });
};

/** In the order of the tool. A migration whose own file is not there is left to the reader of its script, which says so. */
export const sourceMigrationsOf = (
  { form, formId, migrations }: MigrationFolder,
  files: readonly FolderFile[],
): readonly SourceMigration[] => {
  const byPath = new Map(files.map((file) => [file.path, file]));
  return migrations.map((migration, index) => ({
    fileName: migration.up.fileName,
    version: versionInForm(formId, migration.name),
    origin: {
      form: formId,
      formName: form,
      name: migration.name,
      previous: migrations[index - 1]?.name ?? null,
      files: filesOf(formId, migration, byPath),
    },
  }));
};

/** Checks of a migration lie in a folder of their own, where no tool takes them for a migration. */
export const checksPathOf = (name: string): string => `checks/${name}.checks.sql`;

export const isInChecksFolder = ({ path }: FolderFile): boolean => folderOf(path) === 'checks';
