import { createGitHubCodeHost, pullRequestAt } from '#adapters/github/code-host';
import { authorIn } from '#domain/migration/pull-request-facts';
import { sha256Of } from '#domain/sha256';
import { type DoublePull, type GitHubDouble, pullOf, withGitHub } from '#test/support/github-double';

const url = 'https://github.com';
const address = 'https://github.com/acme/shop/pull/7';
/** No valid UTF-8: the hash is that of the bytes. */
const bytes = Buffer.from([0xef, 0xbb, 0xbf, 0xff, 0x0d, 0x0a, 0x00, 0x41]);

const user = (login: string) => ({ login, type: 'User' });
const review = (login: string, state: string, commit: string) => ({ user: user(login), state, commit_id: commit });
const commit = (login: string | null, email: string) => ({
  author: login === null ? null : { login },
  commit: { author: { name: 'x', email } },
});

const withPull = (work: (double: GitHubDouble, pull: DoublePull) => Promise<void>) =>
  withGitHub(async (double) => {
    const head = 'a'.repeat(40);
    const pull = pullOf(7, {
      headSha: head,
      files: [
        ...Array.from({ length: 120 }, (_, index) => ({ filename: `src/${index}.ts`, status: 'added' })),
        { filename: 'db/005_jobs.sql', status: 'added', sha: 'b1' },
        { filename: 'other/005_jobs.sql', status: 'removed', sha: 'b2' },
      ],
      reviews: [
        review('bob', 'CHANGES_REQUESTED', '0'.repeat(40)),
        review('bob', 'APPROVED', head),
        review('ada', 'COMMENTED', head),
        review('carol', 'APPROVED', '0'.repeat(40)),
      ],
      commits: [
        commit('ada', '12+ada@users.noreply.github.com'),
        commit('ada', 'ada@example.org'),
        commit('bob', 'bob@example.org'),
        commit(null, 'nobody@example.org'),
      ],
    });
    double.pulls.set(7, pull);
    double.contents.set('b1', bytes);
    await work(double, pull);
  });

const hostOf = ({ apiUrl }: Pick<GitHubDouble, 'apiUrl'>, token: string | null = 'github_pat_secret') =>
  createGitHubCodeHost({ url, apiUrl, readToken: async () => token, documents: null });

test('state, author, reviews, and the hash of the exact bytes', () =>
  withPull(async (double) => {
    expect(await hostOf(double).readPullRequest(address, '005_jobs.sql')).toEqual({
      state: 'open',
      author: 'ada',
      authorAddresses: ['ada@example.org'],
      headSha: 'a'.repeat(40),
      reviews: [
        { by: 'bob', state: 'APPROVED', isOfHead: true },
        { by: 'carol', state: 'APPROVED', isOfHead: false },
      ],
      files: [{ path: 'db/005_jobs.sql', sha256: sha256Of(bytes) }],
    });
    expect(new Set(double.sent.map(({ method, token }) => `${method} ${token}`))).toEqual(
      new Set(['GET github_pat_secret']),
    );
  }));

test('a pull request that is merged is one', () =>
  withPull(async (double, pull) => {
    Object.assign(pull, { state: 'closed', merged: true });

    expect(await hostOf(double).readPullRequest(address, '005_jobs.sql')).toMatchObject({ state: 'merged' });
  }));

test('one that changes while it is read is not answered for', () =>
  withPull(async (double, pull) => {
    double.faults.push({
      on: /reviews$/,
      get status() {
        Object.assign(pull, { headSha: 'f'.repeat(40) });
        return 200;
      },
      body: [],
    });

    expect(await hostOf(double).readPullRequest(address, '005_jobs.sql')).toEqual({
      notAsked: 'it was changed while it was read',
    });
  }));

test.each([
  ['no token', null, address, 'no token for the code host is configured'],
  ['another host', 'x', 'https://evil.test/acme/shop/pull/7', 'it is no pull request of https://github.com'],
  [
    'nothing there',
    'x',
    'https://github.com/acme/shop/pull/8',
    'GitHub answered 404 to GET /repos/acme/shop/pulls/8: Not Found',
  ],
])('%s is said, and stops nothing', (_, token, asked, notAsked) =>
  withPull(async (double) => {
    expect(await hostOf(double, token).readPullRequest(asked, '005_jobs.sql')).toEqual({ notAsked });
    if (asked.includes('evil') || token === null) expect(double.sent).toEqual([]);
  }),
);

test('a secret that cannot be read is said without its value', () =>
  withPull(async ({ apiUrl }) => {
    const host = createGitHubCodeHost({
      url,
      apiUrl,
      readToken: () => Promise.reject(new Error('there is no secret "x"')),
      documents: null,
    });

    expect(await host.readPullRequest(address, 'a.sql')).toEqual({ notAsked: 'there is no secret "x"' });
  }));

test.each([
  ['https://github.com/acme/shop/pull/7', 7],
  ['https://github.com/acme/shop/pull/7/files', 7],
  ['https://github.com/acme/shop/pull/7#issuecomment-1', 7],
  ['https://github.com/acme/shop/issues/7', null],
  ['https://github.com.evil.test/acme/shop/pull/7', null],
  ['https://github.com/../x/pull/7/../../..', null],
])('%s', (asked, number) => {
  expect(pullRequestAt(url, asked)?.number ?? null).toBe(number);
});

test('who wrote the change is known by the address of an approver, where there is one', () => {
  const asked = {
    state: 'open' as const,
    author: 'ada',
    authorAddresses: ['ada@home.test', 'ada@example.org'],
    headSha: 'a',
    reviews: [],
    files: [],
  };

  expect(authorIn(asked, (one) => one === 'ada@example.org')).toBe('ada@example.org');
  expect(authorIn(asked, () => false)).toBe('ada@home.test');
  expect(authorIn({ ...asked, authorAddresses: [] }, () => true)).toBeNull();
  expect(authorIn({ notAsked: 'x' }, () => true)).toBeNull();
  expect(authorIn(null, () => true)).toBeNull();
});
