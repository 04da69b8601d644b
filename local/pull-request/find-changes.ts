/** Which files a pull request changes: its code host says it, or git. */
import type { Octokit } from '@octokit/rest';
import {
  type ChangedFile,
  mostListedFiles,
  type PullRequestAddress,
  readChangedFiles,
} from '#adapters/github/pull-request';
import { InvalidInput } from '#domain/errors';
import { diffFiles } from './changed-files';

export type Changes = {
  readonly files: readonly ChangedFile[];
  /** How they were found out. */
  readonly remark: string;
};

type Asked = {
  /** What git compares with, named by the user; null: nobody named one. */
  readonly base: string | null;
  /** What the event compares with. */
  readonly eventBase: string | null;
  readonly pull: PullRequestAddress | null;
  readonly connect: () => Promise<Octokit>;
};

const byGit = async (base: string): Promise<Changes> => ({
  files: await diffFiles(base),
  remark: `The changed files are those of git diff ${base}...HEAD.`,
});

/** Errors: InvalidInput where nothing says what changed. */
export const findChanges = async ({ base, eventBase, pull, connect }: Asked): Promise<Changes> => {
  if (base !== null) return byGit(base);
  if (pull !== null) {
    let refused: string;
    try {
      const files = await readChangedFiles(await connect(), pull);
      if (files.length < mostListedFiles) return { files, remark: 'The changed files are those that GitHub lists.' };
      refused = `GitHub lists ${mostListedFiles} files at most`;
    } catch (error) {
      if ((error as Error).name !== 'GitHubFailed') throw error;
      refused = (error as Error).message;
    }
    if (eventBase === null)
      throw new InvalidInput(`${refused}; expected the list of changed files. Name what to compare with by --base`);
    const { files, remark } = await byGit(eventBase);
    return { files, remark: `${refused}. ${remark}` };
  }
  if (eventBase !== null) return byGit(eventBase);
  throw new InvalidInput(
    'nothing says which files changed: this is no workflow of a pull request; expected --base with a branch or a commit, such as --base origin/main',
  );
};
