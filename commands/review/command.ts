/** `npm run review -- DIR`: what the rules find in migrations of any form, before anything is run. */
import '#command-line/require-node';
import { readFile } from 'node:fs/promises';
import { runCommand, say, warn } from '#command-line/command';
import { exitCodes, UsageError } from '#command-line/exit-codes';
import { selectMigrations } from '#domain/folders/select';
import { type Conventions, conventionsFileName, noConventions, parseConventions } from '#domain/review/conventions';
import {
  countOf,
  type MigrationReview,
  type ReviewedDatabase,
  type ReviewGround,
  reviewMigration,
} from '#domain/review/review-migration';
import { terminalLine } from '#domain/text/lines';
import { parseReviewOptions, type ReviewOptions, reviewHelp } from './options';
import { readNamed } from './read-migrations';

const readConventions = async (named: string | null): Promise<Conventions> => {
  const file = named ?? conventionsFileName;
  try {
    return parseConventions(file, await readFile(file, 'utf8'));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === undefined) throw cause;
    if (named === null && code === 'ENOENT') return noConventions;
    throw new UsageError(`${file} cannot be read (${code}); expected a file with the team's conventions`, { cause });
  }
};

const readDatabase = async (url: string): Promise<ReviewedDatabase> => {
  // Loaded only where a database is given: most reviews need none, and should not wait for its driver.
  const { readReviewedDatabase } = await import('#adapters/postgres/reviewed-database');
  return readReviewedDatabase(url);
};

const groundOf = async ({ databaseUrl, statistics, settings }: ReviewOptions): Promise<ReviewGround> => {
  const { readStatisticsFile } = await import('#adapters/folder/statistics-file');
  return {
    conventions: await readConventions(settings),
    database: databaseUrl === null ? null : await readDatabase(databaseUrl),
    production: statistics === null ? null : ((await readStatisticsFile('', statistics))?.value ?? null),
  };
};

const review = async (options: ReviewOptions): Promise<number> => {
  const ground = await groundOf(options);
  const all: MigrationReview[] = [];
  const reports: string[] = [];
  for (const name of options.paths) {
    const { prefix, isOwnForm, migrations, notes } = await readNamed(name, options.form);
    for (const note of notes) warn(terminalLine`note: ${note}`);
    const { rehearsed } = selectMigrations(migrations, { from: options.from, only: null });
    const reviews: MigrationReview[] = [];
    for (const migration of rehearsed) reviews.push(await reviewMigration(migration, ground, { isOwnForm }));
    all.push(...reviews);
    reports.push(options.format({ reviews, prefix, showsNotes: options.showsNotes }));
  }
  for (const report of reports) if (report !== '') say(report);
  const isBad = countOf('stop', all) > 0 || (options.strict && countOf('warn', all) > 0);
  return isBad ? exitCodes.failed : exitCodes.done;
};

const main = async (): Promise<number> => {
  const options = parseReviewOptions(process.argv.slice(2));
  if (!options.help) return review(options);
  say(reviewHelp);
  return exitCodes.done;
};

runCommand(main);
