/** Keeps the comment up to date where the token may, and says why not where it may not. */
import type { Octokit } from '@octokit/rest';
import { type KeptComment, keepComment, type PullRequestAddress } from '#adapters/github/pull-request';

export type Kept = {
  readonly comment: KeptComment | null;
  /** One sentence; null where there is nothing to say. */
  readonly remark: string | null;
};

type Wanted = {
  readonly pull: PullRequestAddress;
  readonly connect: () => Promise<Octokit>;
  readonly marker: string;
  readonly body: string;
  readonly onlyIfThere: boolean;
};

const whyNot: Readonly<Record<number, string>> = {
  401: 'the token is not valid',
  403: 'the token may only read, as that of a pull request from a fork, or the conversation is locked',
  404: 'the token does not see the pull request',
};

/** A comment that cannot be written fails nothing: annotations and summary say the same. */
export const keepOrSay = async ({ pull, connect, ...wanted }: Wanted): Promise<Kept> => {
  try {
    return { comment: await keepComment(await connect(), pull, wanted), remark: null };
  } catch (error) {
    const { name, message, status } = error as Error & { readonly status?: number | null };
    if (name !== 'GitHubFailed') throw error;
    const why = whyNot[status ?? 0];
    return {
      comment: null,
      remark: `No comment: ${message}${why ? ` (${why})` : ''}. The annotations and the summary of the step say the same.`,
    };
  }
};
