/** What a migration, its rollback and its declared tests reach beyond the database: they all run on the branch before anybody approves. */
import type { ChecksFile } from '#domain/checks/checks';
import type { Migration } from '#domain/migration/migration';
import { type Reach, reachOf } from '#domain/sql/reach';
import type { KnownReach } from '#domain/sql/reach-in-code';
import { type BranchServer, isKeptIn, reachedInWords } from '#domain/sql/reach-table';

export type MigrationReach = Reach & {
  /** Where the line is. */
  readonly file: string;
};

export const reachOfMigration = (
  { migration, checks }: { readonly migration: Migration; readonly checks: ChecksFile | null },
  known: KnownReach,
): readonly MigrationReach[] => {
  const statements = [...migration.statements, ...migration.rollback.statements];
  const subjects = statements.map(({ node, line }) => ({ nodes: [node], line }));
  const texts = (checks?.tests ?? []).flatMap((test) => test.statements);
  const inFile = reachOf(subjects, known, texts);
  const own = reachOf(subjects, known).length;
  return inFile.map((one, index) => ({
    ...one,
    file: index < own || !checks ? migration.fileName : checks.fileName,
  }));
};

/** What a rehearsal on that server would let out; empty when it keeps everything in. */
export const letOut = (reach: readonly MigrationReach[], server: BranchServer): readonly MigrationReach[] =>
  reach.filter(({ isKept, reached }) => !isKept && !isKeptIn(server, reached));

/** As a clause: `001_a.sql:4: CREATE ROLE reaches the server's roles, which all its databases share`. */
export const reachInWords = ({ file, line, what, reached }: MigrationReach): string =>
  `${file}:${line}: ${what} reaches ${reachedInWords[reached]}`;
