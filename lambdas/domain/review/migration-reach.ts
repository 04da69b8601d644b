/** What a migration, its rollback and its declared tests reach beyond the database: they all run on the branch before anybody approves. */
import type { ChecksFile } from '#domain/checks/checks';
import type { Migration } from '#domain/migration/migration';
import { type Reach, type ReachSubject, type ReachText, reachOf } from '#domain/sql/reach';
import type { KnownReach } from '#domain/sql/reach-in-code';
import { type BranchServer, isKeptIn, reachedInWords } from '#domain/sql/reach-table';

export type MigrationReach = Reach & { readonly file: string };

const subjectsOf = (file: string, statements: Migration['statements']): readonly ReachSubject[] =>
  statements.map(({ node, line }) => ({ nodes: [node], file, line }));

const reachIn = (
  subjects: readonly ReachSubject[],
  known: KnownReach,
  texts: readonly ReachText[] = [],
): readonly MigrationReach[] => reachOf(subjects, known, texts).map((one) => ({ ...one, file: one.file ?? '' }));

export const reachOfMigration = (
  { migration, checks }: { readonly migration: Migration; readonly checks: ChecksFile | null },
  known: KnownReach,
): readonly MigrationReach[] => {
  const { fileName, statements, rollback } = migration;
  const tests = (checks?.tests ?? []).flatMap((test) => test.statements);
  const texts = tests.map(({ sql, line }) => ({ sql, line, file: checks?.fileName ?? '' }));
  return reachIn(subjectsOf(fileName, [...statements, ...rollback.statements]), known, texts);
};

/** Of versions that are taken back together: what one way back makes, the next may call. */
export const reachOfWaysBack = (migrations: readonly Migration[], known: KnownReach): readonly MigrationReach[] =>
  reachIn(
    migrations.flatMap(({ fileName, rollback }) => subjectsOf(fileName, rollback.statements)),
    known,
  );

/** What a rehearsal on that server would let out; empty when it keeps everything in. */
export const letOut = (reach: readonly MigrationReach[], server: BranchServer): readonly MigrationReach[] =>
  reach.filter(({ isKept, reached }) => !isKept && !isKeptIn(server, reached));

/** As a clause: `001_a.sql:4: CREATE ROLE reaches the server's roles, which all its databases share`. */
export const reachInWords = ({ file, line, what, reached }: MigrationReach): string =>
  `${file}:${line}: ${what} reaches ${reachedInWords[reached]}`;
