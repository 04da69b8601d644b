/** What a review on this machine is told besides the files: the team's conventions, a database, production's sizes. */
import { readFile } from 'node:fs/promises';
import { readStatisticsFile } from '#adapters/folder/statistics-file';
import { InvalidInput } from '#domain/errors';
import { type Conventions, conventionsFileName, noConventions, parseConventions } from '#domain/review/conventions';
import type { ReviewedDatabase, ReviewGround } from '#domain/review/review-migration';

/** `named` is a file's path; null: the one of the current folder, if there is one. Errors: InvalidInput. */
const readConventions = async (named: string | null): Promise<Conventions> => {
  const file = named ?? conventionsFileName;
  try {
    return parseConventions(file, await readFile(file, 'utf8'));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === undefined) throw cause;
    if (named === null && code === 'ENOENT') return noConventions;
    throw new InvalidInput(`${file} cannot be read (${code}); expected a file with the team's conventions`, { cause });
  }
};

const readDatabase = async (url: string): Promise<ReviewedDatabase> => {
  // Loaded only where a database is given: most reviews need none, and should not wait for its driver.
  const { readReviewedDatabase } = await import('#adapters/postgres/reviewed-database');
  return readReviewedDatabase(url);
};

export type GroundOptions = {
  readonly databaseUrl: string | null;
  readonly statistics: string | null;
  readonly settings: string | null;
};

/** Errors: InvalidInput. */
export const readReviewGround = async ({
  databaseUrl,
  statistics,
  settings,
}: GroundOptions): Promise<ReviewGround> => ({
  conventions: await readConventions(settings),
  database: databaseUrl === null ? null : await readDatabase(databaseUrl),
  production: statistics === null ? null : ((await readStatisticsFile('', statistics))?.value ?? null),
});
