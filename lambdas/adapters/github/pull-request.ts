/** A pull request's files and its one comment of ours. */
import type { Octokit } from '@octokit/rest';
import { GitHubFailed } from './failed';

/** `owner/name` and the number in it. */
export type PullRequestAddress = { readonly owner: string; readonly repo: string; readonly number: number };

export type ChangedFile = {
  /** From the root of the repository, parts joined by `/`. */
  readonly path: string;
  readonly isRemoved: boolean;
};

const ofPull = ({ owner, repo, number }: PullRequestAddress) => ({ owner, repo, pull_number: number, per_page: 100 });

/** GitHub lists 3,000 files at most ("List pull requests files"). */
export const mostListedFiles = 3_000;

/** Of a renamed file the new name. Errors: GitHubFailed. */
export const readChangedFiles = async (octokit: Octokit, pull: PullRequestAddress): Promise<readonly ChangedFile[]> => {
  const files = await octokit.paginate(octokit.rest.pulls.listFiles, ofPull(pull));
  return files.map(({ filename, status }) => ({ path: filename, isRemoved: status === 'removed' }));
};

export type KeptComment = { readonly url: string; readonly became: 'made' | 'edited' | 'left as it was' };

/** Null where GitHub does not say it: the token of a workflow belongs to an app, and no user. */
const readOwnLogin = async (octokit: Octokit): Promise<string | null> => {
  try {
    return (await octokit.rest.users.getAuthenticated()).data.login;
  } catch (error) {
    if (error instanceof GitHubFailed && (error.status === 403 || error.status === 401)) return null;
    throw error;
  }
};

/**
 * The comment that begins with the marker and is of the token's own user. Anybody may write the marker, and a report within
 * somebody else's comment could be changed by them.
 */
const findComment = async (octokit: Octokit, { owner, repo, number }: PullRequestAddress, marker: string) => {
  const comments = await octokit.paginate(octokit.rest.issues.listComments, {
    owner,
    repo,
    issue_number: number,
    per_page: 100,
  });
  const marked = comments.filter(({ body }) => body?.startsWith(marker));
  if (marked.length === 0) return null;
  const own = await readOwnLogin(octokit);
  return marked.find(({ user }) => (own === null ? user?.type === 'Bot' : user?.login === own)) ?? null;
};

/**
 * Makes the comment, or edits the one that is there. With `onlyIfThere` none is made. Null: there is none, and none was wanted.
 * Errors: GitHubFailed, with 403 where the token may only read.
 */
export const keepComment = async (
  octokit: Octokit,
  pull: PullRequestAddress,
  { marker, body, onlyIfThere }: { readonly marker: string; readonly body: string; readonly onlyIfThere: boolean },
): Promise<KeptComment | null> => {
  const { owner, repo, number } = pull;
  const there = await findComment(octokit, pull, marker);
  if (there) {
    // GitHub keeps no line break at the end, and may write others as CR LF.
    const same = (text: string) => text.replaceAll('\r\n', '\n').trimEnd();
    if (same(there.body ?? '') === same(body)) return { url: there.html_url, became: 'left as it was' };
    const { data } = await octokit.rest.issues.updateComment({ owner, repo, comment_id: there.id, body });
    return { url: data.html_url, became: 'edited' };
  }
  if (onlyIfThere) return null;
  const { data } = await octokit.rest.issues.createComment({ owner, repo, issue_number: number, body });
  return { url: data.html_url, became: 'made' };
};
