/** What a code host says of the pull request that a change came with. */

export type PullRequestFacts = {
  readonly state: 'open' | 'closed' | 'merged';
  /** As the code host names them. */
  readonly author: string;
  /** Of the author's own commits in it, without those that the code host makes up. */
  readonly authorAddresses: readonly string[];
  readonly headSha: string;
  /** The last word of each person but the author, in the code host's words: `APPROVED`, `CHANGES_REQUESTED` … */
  readonly reviews: readonly { readonly by: string; readonly state: string; readonly isOfHead: boolean }[];
  /** The files of the migration's name at the head, with the sha256 of their bytes. */
  readonly files: readonly { readonly path: string; readonly sha256: string }[];
};

export type AskedPullRequest = PullRequestFacts | { readonly notAsked: string };

export const isAnswered = (asked: AskedPullRequest): asked is PullRequestFacts => !('notAsked' in asked);

/** Who wrote the change, by the address of one who is asked to approve where there is one; null where nobody says it. */
export const authorIn = (asked: AskedPullRequest | null, isApprover: (address: string) => boolean): string | null => {
  if (asked === null || !isAnswered(asked)) return null;
  const { authorAddresses } = asked;
  return authorAddresses.find(isApprover) ?? authorAddresses[0] ?? null;
};
