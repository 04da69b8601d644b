/** `npm run review -- DIR`: what the rules find in migrations of any form, before anything is run. */
import '#command-line/require-node';
import '#command-line/compile-little';
import { runCommand, say, warn } from '#command-line/command';
import { exitCodes } from '#command-line/exit-codes';
import { selectMigrations } from '#domain/folders/select';
import { countOf, type MigrationReview, reviewMigration } from '#domain/review/review-migration';
import { terminalLine } from '#domain/text/lines';
import { readReviewGround } from '#local/review-ground';
import { askSquawk, findSquawk } from '#local/second-opinion';
import { parseReviewOptions, type ReviewOptions, reviewHelp } from './options';
import { readNamed } from './read-migrations';
import { rulePagesFolder } from './rule-pages-folder';

const review = async (options: ReviewOptions): Promise<number> => {
  const squawk = options.asksSquawk ? findSquawk('', process.env['PATH'] ?? '') : null;
  const ground = await readReviewGround(options);
  const pages = rulePagesFolder();
  const all: MigrationReview[] = [];
  const reports: string[] = [];
  for (const name of options.paths) {
    const { prefix, isOwnForm, migrations, notes } = await readNamed(name, options.form);
    for (const note of notes) warn(terminalLine`note: ${note}`);
    const { rehearsed } = selectMigrations(migrations, { from: options.from, only: null });
    const reviews: MigrationReview[] = [];
    for (const migration of rehearsed) {
      const reviewed = await reviewMigration(migration, ground, { isOwnForm });
      reviews.push(squawk === null ? reviewed : { ...reviewed, secondOpinion: await askSquawk(squawk, migration.up) });
    }
    all.push(...reviews);
    reports.push(options.format({ reviews, prefix, showsNotes: options.showsNotes, pages }));
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
