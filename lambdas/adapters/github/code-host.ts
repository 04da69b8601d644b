/** The port of GitHub: the pull request of a run, read with a token that need only read, and the one of its documents. */

import type { AskedPullRequest, PullRequestFacts } from '#domain/migration/pull-request-facts';
import { sha256Of } from '#domain/sha256';
import type { CodeHost, DocumentProposal, Proposal } from '#lambdas/ports/code-host';
import type { PullRequestAddress } from './pull-request';

export type GitHubCodeHostOptions = {
  /** Where people see it: `https://github.com`. A pull request elsewhere is not asked, so that no other host gets the token. */
  readonly url: string;
  /** Empty: as GitHub and its Enterprise Server have it. */
  readonly apiUrl: string;
  /** Null where none is configured. */
  readonly readToken: () => Promise<string | null>;
  /** Where documents are proposed, by a token that may write contents and pull requests there; null: nowhere. */
  readonly documents: { readonly repository: string; readonly readToken: () => Promise<string | null> } | null;
};

const apiUrlOf = ({ url, apiUrl }: Pick<GitHubCodeHostOptions, 'url' | 'apiUrl'>): string =>
  apiUrl !== '' ? apiUrl : url === 'https://github.com' ? 'https://api.github.com' : `${url}/api/v3`;

/** Null for an address that is no pull request of this host. */
export const pullRequestAt = (url: string, address: string): PullRequestAddress | null => {
  if (!address.startsWith(`${url}/`)) return null;
  const [, owner, repo, number] =
    /^([A-Za-z0-9][\w-]*)\/((?!\.+\/)[\w.-]+)\/pull\/(\d+)(?:[/?#].*)?$/.exec(address.slice(url.length + 1)) ?? [];
  return owner && repo && number ? { owner, repo, number: Number(number) } : null;
};

/** Made up by GitHub where a person hides their own. */
const isOwnAddress = (address: string) => !/@users\.noreply\./i.test(address);

/** So many files of one name are enough to look at. */
const mostFiles = 10;

const read = async (
  address: PullRequestAddress,
  fileName: string,
  access: { apiUrl: string; token: string },
): Promise<PullRequestFacts | null> => {
  const { connectGitHub } = await import('./connect');
  const octokit = connectGitHub(access);
  const { owner, repo, number } = address;
  const pull = { owner, repo, pull_number: number };
  const { data } = await octokit.rest.pulls.get(pull);
  const [files, reviews, commits] = [
    await octokit.paginate(octokit.rest.pulls.listFiles, { ...pull, per_page: 100 }),
    await octokit.paginate(octokit.rest.pulls.listReviews, { ...pull, per_page: 100 }),
    await octokit.paginate(octokit.rest.pulls.listCommits, { ...pull, per_page: 100 }),
  ];
  const author = data.user.login;
  const named = files.filter(
    ({ filename, status }) => status !== 'removed' && filename.split('/').at(-1) === fileName.split('/').at(-1),
  );
  const hashed = [];
  for (const { filename, sha } of named.slice(0, mostFiles)) {
    const { data: blob } = await octokit.rest.git.getBlob({ owner, repo, file_sha: sha ?? '' });
    hashed.push({ path: filename, sha256: sha256Of(Buffer.from(blob.content, 'base64')) });
  }
  // Whoever pushes meanwhile must not be given the hashes of what was there before.
  if ((await octokit.rest.pulls.get(pull)).data.head.sha !== data.head.sha) return null;
  const last = new Map(
    reviews.flatMap((one) => (one.user && one.user.login !== author ? [[one.user.login, one] as const] : [])),
  );
  const own = commits.filter((one) => one.author?.login === author).flatMap(({ commit }) => commit.author?.email ?? []);
  return {
    state: data.merged ? 'merged' : data.state,
    author,
    authorAddresses: [...new Set(own)].filter(isOwnAddress),
    headSha: data.head.sha,
    reviews: [...last].map(([by, { state, commit_id }]) => ({ by, state, isOfHead: commit_id === data.head.sha })),
    files: hashed,
  };
};

const propose = async (
  { repository, readToken }: NonNullable<GitHubCodeHostOptions['documents']>,
  apiUrl: string,
  proposal: DocumentProposal,
): Promise<Proposal> => {
  const [owner = '', repo = ''] = repository.split('/');
  try {
    const token = await readToken();
    if (token === null) return { notProposed: 'no token that may write to the repository is configured' };
    const [{ connectGitHub }, { proposeOn }] = [await import('./connect'), await import('./propose')];
    return await proposeOn(connectGitHub({ apiUrl, token }), { owner, repo }, proposal);
  } catch (error) {
    return { notProposed: (error as Error).message };
  }
};

export const createGitHubCodeHost = ({ url, apiUrl, readToken, documents }: GitHubCodeHostOptions): CodeHost => ({
  proposeDocuments: async (proposal) =>
    documents === null ? null : propose(documents, apiUrlOf({ url, apiUrl }), proposal),
  readPullRequest: async (address, fileName): Promise<AskedPullRequest> => {
    const pull = pullRequestAt(url, address);
    if (pull === null) return { notAsked: `it is no pull request of ${url}` };
    try {
      const token = await readToken();
      if (token === null) return { notAsked: 'no token for the code host is configured' };
      const facts = await read(pull, fileName, { apiUrl: apiUrlOf({ url, apiUrl }), token });
      return facts ?? { notAsked: 'it was changed while it was read' };
    } catch (error) {
      // Messages of the client and of the secret's reader hold no token.
      return { notAsked: (error as Error).message };
    }
  },
});
