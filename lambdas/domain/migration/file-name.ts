import { refusal } from '#domain/sql/source';

export type MigrationName = {
  /** Digits as written, for example `001`. */
  readonly version: string;
  /** For example `create_jobs`. */
  readonly description: string;
};

const form = /^(\d{1,20})_([a-z0-9]+(?:_[a-z0-9]+)*)\.sql$/;
const expected =
  'expected <version>_<description>.sql, digits and then snake_case, for example 003_add_market_tags.sql';

type Flaw = readonly [applies: RegExp, what: string];

const flaws: readonly Flaw[] = [
  [/[\\/]/, 'names a folder'],
  [/\.checks\.sql$/, 'is a checks file, which goes with a migration and is not one'],
  [/^(?!.*\.sql$)/, 'does not end in .sql'],
  [/^(?!\d)/, 'does not start with a version'],
  [/^\d+\.sql$/, 'has no description'],
  [/^\d+[^\d_]/, 'has no underscore behind the version'],
  [/[A-Z]/, 'has capital letters'],
  [/-/, 'has a hyphen'],
  [/\s/, 'has white space'],
];

/**
 * Takes the name of a migration apart. Errors: MigrationRefused, naming the flaw.
 *
 * @example
 * parseFileName('001_create_jobs.sql') // { version: '001', description: 'create_jobs' }
 */
export const parseFileName = (fileName: string): MigrationName => {
  const [, version, description] = form.exec(fileName) ?? [];
  if (version !== undefined && description !== undefined) return { version, description };
  const flaw = flaws.find(([applies]) => applies.test(fileName))?.[1] ?? 'has the wrong form';
  throw refusal(fileName, null, `the file name ${flaw}; ${expected}. Rename the file`);
};

export const isChecksFileName = (fileName: string): boolean => fileName.endsWith('.checks.sql');

/** The checks file that may lie beside a migration. */
export const checksFileNameOf = (migrationFileName: string): string =>
  migrationFileName.replace(/\.sql$/, '.checks.sql');

/** By which versions are told from each other: `001` and `1` are the same one; other tools also have `1.2` and names. */
export const versionKey = (version: string): string => (/^\d+$/.test(version) ? String(BigInt(version)) : version);

/** Numbers by their value, other versions as people count: `1.9` before `1.10`. */
export const compareVersions = (one: string, other: string): number => {
  if (!/^\d+$/.test(one) || !/^\d+$/.test(other)) return one.localeCompare(other, 'en', { numeric: true });
  const [first, second] = [BigInt(one), BigInt(other)];
  return first < second ? -1 : first > second ? 1 : 0;
};
