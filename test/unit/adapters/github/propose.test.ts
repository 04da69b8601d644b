import { createGitHubCodeHost } from '#adapters/github/code-host';
import type { DocumentProposal } from '#lambdas/ports/code-host';
import { type GitHubDouble, withGitHub } from '#test/support/github-double';

const hostOf = ({ apiUrl }: Pick<GitHubDouble, 'apiUrl'>, token: string | null = 'github_pat_writes') =>
  createGitHubCodeHost({
    url: 'https://github.com',
    apiUrl,
    readToken: async () => 'github_pat_reads',
    documents: { repository: 'acme/shop', readToken: async () => token },
  });

const proposalOf = (page: string): DocumentProposal => ({
  runId: 'run-1',
  title: 'Document migration 005',
  body: 'what was applied',
  documents: [
    { path: 'docs/decisions.md', textFrom: (current) => `${current ?? '# Decisions\n'}005\n` },
    { path: 'docs/schema.md', textFrom: () => page },
  ],
});

const branch = 'migration-checklist/run-1';

const filesOn = ({ repository: { branches, commits } }: GitHubDouble, name: string) =>
  Object.fromEntries(commits.get(branches.get(name) ?? '')?.files ?? []);

/** What somebody merges meanwhile. */
const mergeIntoMain = (
  { repository: { branches, commits } }: GitHubDouble,
  files: Readonly<Record<string, string>>,
) => {
  const sha = `main${commits.size}`;
  commits.set(sha, { parent: 'sha0', message: 'merged', files: new Map(Object.entries(files)) });
  branches.set('main', sha);
};

test('one branch with one commit on what the repository has, and one pull request', () =>
  withGitHub(async (double) => {
    mergeIntoMain(double, { 'docs/decisions.md': '# Ours\n', 'src/index.ts': 'x' });
    const base = double.repository.branches.get('main');

    expect(await hostOf(double).proposeDocuments(proposalOf('schema'))).toEqual({
      url: 'https://github.com/acme/shop/pull/100',
      branch,
      became: 'made',
    });
    expect(filesOn(double, branch)).toEqual({
      'docs/decisions.md': '# Ours\n005\n',
      'docs/schema.md': 'schema',
      'src/index.ts': 'x',
    });
    const commit = double.repository.commits.get(double.repository.branches.get(branch) ?? '');
    expect(commit).toMatchObject({ parent: base, message: 'Document migration 005' });
    expect(double.repository.proposals).toEqual([
      expect.objectContaining({
        title: 'Document migration 005',
        body: 'what was applied',
        head: branch,
        base: 'main',
      }),
    ]);
    expect(new Set(double.sent.map(({ token }) => token))).toEqual(new Set(['github_pat_writes']));
  }));

test('the second call finds the first one, and changes what has changed', () =>
  withGitHub(async (double) => {
    const host = hostOf(double);
    await host.proposeDocuments(proposalOf('schema'));

    expect(await host.proposeDocuments(proposalOf('schema'))).toMatchObject({ became: 'left as it was' });
    expect(double.repository.commits.size).toBe(2);
    mergeIntoMain(double, { 'docs/decisions.md': '# Ours\n' });
    expect(await host.proposeDocuments(proposalOf('other'))).toMatchObject({
      url: 'https://github.com/acme/shop/pull/100',
      became: 'updated',
    });

    expect(filesOn(double, branch)).toEqual({ 'docs/decisions.md': '# Ours\n005\n', 'docs/schema.md': 'other' });
    expect(double.repository.proposals).toHaveLength(1);
  }));

test('a branch whose pull request could not be made gets it with the next call', () =>
  withGitHub(async (double) => {
    double.faults.push({ on: /^POST .*\/pulls$/, status: 500, body: { message: 'Server Error' } });

    expect(await hostOf(double).proposeDocuments(proposalOf('schema'))).toEqual({
      notProposed: expect.stringContaining('GitHub answered 500 to POST /repos/acme/shop/pulls'),
    });
    expect(await hostOf(double).proposeDocuments(proposalOf('schema'))).toMatchObject({ became: 'made' });
    expect(double.repository.commits.size).toBe(2);
  }));

test('what a person has closed is not opened a second time, and nothing is pushed to it', () =>
  withGitHub(async (double) => {
    await hostOf(double).proposeDocuments(proposalOf('schema'));
    for (const one of double.repository.proposals) one.state = 'closed';

    expect(await hostOf(double).proposeDocuments(proposalOf('other'))).toMatchObject({ became: 'left as it was' });
    expect(filesOn(double, branch)).toMatchObject({ 'docs/schema.md': 'schema' });
    expect(double.repository.proposals).toHaveLength(1);
  }));

test('nothing is proposed that the repository has already', () =>
  withGitHub(async (double) => {
    mergeIntoMain(double, { 'docs/schema.md': 'schema' });
    const proposal = { ...proposalOf('schema'), documents: [{ path: 'docs/schema.md', textFrom: () => 'schema' }] };

    expect(await hostOf(double).proposeDocuments(proposal)).toEqual({
      notProposed: 'main of acme/shop has these documents already',
    });
    expect(double.sent.filter(({ method }) => method !== 'GET')).toEqual([]);
  }));

test('a token that may only read, and none, are said and not thrown', () =>
  withGitHub(async (double) => {
    double.mayWrite = false;

    expect(await hostOf(double).proposeDocuments(proposalOf('schema'))).toEqual({
      notProposed: expect.stringContaining('Resource not accessible by integration'),
    });
    expect(await hostOf(double, null).proposeDocuments(proposalOf('schema'))).toEqual({
      notProposed: 'no token that may write to the repository is configured',
    });
  }));

test('without a repository nothing is asked', () =>
  withGitHub(async (double) => {
    const { apiUrl } = double;
    const host = createGitHubCodeHost({
      url: 'https://github.com',
      apiUrl,
      readToken: async () => 'github_pat_reads',
      documents: null,
    });

    expect(await host.proposeDocuments(proposalOf('schema'))).toBeNull();
    expect(double.sent).toEqual([]);
  }));
