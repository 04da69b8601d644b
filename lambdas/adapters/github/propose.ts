/** Proposes documents as one commit on a branch of its own and one pull request; the second call finds what the first one made. */
import type { Octokit } from '@octokit/rest';
import type { DocumentProposal, ProposalMade } from '#lambdas/ports/code-host';
import { GitHubFailed } from './failed';

export type Repository = { readonly owner: string; readonly repo: string };

const nullWhereMissing = async <T>(asked: Promise<T>): Promise<T | null> => {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof GitHubFailed && error.status === 404) return null;
    throw error;
  }
};

/** Null where there is no such file, or something that is none. */
const readFileAt = async (octokit: Octokit, at: Repository, path: string, ref: string): Promise<string | null> => {
  const answer = await nullWhereMissing(octokit.rest.repos.getContent({ ...at, path, ref }));
  const data = answer?.data;
  if (!data || Array.isArray(data) || data.type !== 'file' || !('content' in data)) return null;
  return Buffer.from(data.content, 'base64').toString('utf8');
};

type Text = { readonly path: string; readonly text: string };

const areThere = async (octokit: Octokit, at: Repository, texts: readonly Text[], ref: string): Promise<boolean> => {
  for (const { path, text } of texts) if ((await readFileAt(octokit, at, path, ref)) !== text) return false;
  return true;
};

type Base = { readonly branch: string; readonly sha: string };

const commitOn = async (octokit: Octokit, at: Repository, base: Base, texts: readonly Text[], message: string) => {
  const { data: parent } = await octokit.rest.git.getCommit({ ...at, commit_sha: base.sha });
  const { data: tree } = await octokit.rest.git.createTree({
    ...at,
    base_tree: parent.tree.sha,
    tree: texts.map(({ path, text }) => ({ path, mode: '100644' as const, type: 'blob' as const, content: text })),
  });
  const { data: made } = await octokit.rest.git.createCommit({ ...at, message, tree: tree.sha, parents: [base.sha] });
  return made.sha;
};

/** True where the branch was changed. Its one commit is made anew on what the base is now. */
const keepBranch = async (
  octokit: Octokit,
  at: Repository,
  { base, branch, texts, title }: { base: Base; branch: string; texts: readonly Text[]; title: string },
): Promise<boolean> => {
  const there = await nullWhereMissing(octokit.rest.git.getRef({ ...at, ref: `heads/${branch}` }));
  if (there && (await areThere(octokit, at, texts, there.data.object.sha))) return false;
  const sha = await commitOn(octokit, at, base, texts, title);
  if (there) await octokit.rest.git.updateRef({ ...at, ref: `heads/${branch}`, sha, force: true });
  else await octokit.rest.git.createRef({ ...at, ref: `refs/heads/${branch}`, sha });
  return true;
};

/** Errors: GitHubFailed, with 403 where the token may only read. */
export const proposeOn = async (
  octokit: Octokit,
  at: Repository,
  { runId, title, body, documents }: DocumentProposal,
): Promise<ProposalMade | { readonly notProposed: string }> => {
  const branch = `migration-checklist/${runId}`;
  const { data: pulls } = await octokit.rest.pulls.list({ ...at, head: `${at.owner}:${branch}`, state: 'all' });
  const there = pulls.find(({ state }) => state === 'open') ?? pulls[0];
  // A person has decided on it: it is not opened a second time.
  if (there && there.state !== 'open') return { url: there.html_url, branch, became: 'left as it was' };

  const { data: repository } = await octokit.rest.repos.get(at);
  const { data: head } = await octokit.rest.git.getRef({ ...at, ref: `heads/${repository.default_branch}` });
  const base = { branch: repository.default_branch, sha: head.object.sha };
  const texts: Text[] = [];
  for (const { path, textFrom } of documents) {
    const current = await readFileAt(octokit, at, path, base.sha);
    const text = textFrom(current);
    if (text !== current) texts.push({ path, text });
  }
  if (texts.length === 0)
    return { notProposed: `${base.branch} of ${at.owner}/${at.repo} has these documents already` };

  const isChanged = await keepBranch(octokit, at, { base, branch, texts, title });
  if (!there) {
    const { data } = await octokit.rest.pulls.create({ ...at, title, body, head: branch, base: base.branch });
    return { url: data.html_url, branch, became: 'made' };
  }
  return { url: there.html_url, branch, became: isChanged ? 'updated' : 'left as it was' };
};
