import { connectGitHub } from '#adapters/github/connect';
import type { GitHubFailed } from '#adapters/github/failed';
import { keepComment, readChangedFiles } from '#adapters/github/pull-request';
import { type GitHubDouble, pullOf, withGitHub } from '#test/support/github-double';

const pull = { owner: 'acme', repo: 'shop', number: 7 };

const patience = { attempts: 3, firstDelayMs: 5, longestDelayMs: 2_000, requestTimeoutMs: 5_000 };

const connected = ({ apiUrl }: GitHubDouble, token: string | null = 'ghs_secret') =>
  connectGitHub({ apiUrl, token, patience });

const marker = '<!-- migration-checklist: migrations -->';
const bot = { login: 'github-actions[bot]', type: 'Bot' };

const failure = (work: Promise<unknown>): Promise<GitHubFailed> =>
  work.then(
    () => Promise.reject(new Error('nothing failed')),
    (error) => error,
  );

const withPull = (work: (double: GitHubDouble, changed: ReturnType<typeof pullOf>) => Promise<void>) =>
  withGitHub(async (double) => {
    const changed = pullOf(7);
    double.pulls.set(7, changed);
    await work(double, changed);
  });

test('all pages of changed files are read, with the token in the header', () =>
  withPull(async (double, changed) => {
    changed.files = Array.from({ length: 250 }, (_, index) => ({
      filename: `db/${index}.sql`,
      status: index === 3 ? 'removed' : 'added',
    }));

    const files = await readChangedFiles(connected(double), pull);

    expect(files).toHaveLength(250);
    expect(files.filter(({ isRemoved }) => isRemoved)).toEqual([{ path: 'db/3.sql', isRemoved: true }]);
    expect(double.sent.map(({ token }) => token)).toEqual(['ghs_secret', 'ghs_secret', 'ghs_secret']);
  }));

test('without a token nobody is named', () =>
  withPull(async (double) => {
    await readChangedFiles(connected(double, null), pull);

    expect(double.sent.map(({ token }) => token)).toEqual([null]);
  }));

test('the comment is made once, and edited from then on, however many there are before it', () =>
  withPull(async (double, { comments }) => {
    for (let id = 1; id <= 130; id += 1)
      comments.push({ id, body: 'hello', user: { login: 'eve', type: 'User' }, html_url: '' });
    const octokit = connected(double);

    const made = await keepComment(octokit, pull, { marker, body: `${marker}\none`, onlyIfThere: false });
    const edited = await keepComment(octokit, pull, { marker, body: `${marker}\ntwo`, onlyIfThere: false });
    const same = await keepComment(octokit, pull, { marker, body: `${marker}\ntwo\n`, onlyIfThere: true });

    expect([made?.became, edited?.became, same?.became]).toEqual(['made', 'edited', 'left as it was']);
    expect(comments.slice(130).map(({ body }) => body)).toEqual([`${marker}\ntwo`]);
  }));

test('where none is there and none is wanted, none is made', () =>
  withPull(async (double, { comments }) => {
    expect(await keepComment(connected(double), pull, { marker, body: marker, onlyIfThere: true })).toBeNull();
    expect(comments).toEqual([]);
  }));

test('a comment of somebody else with our marker is not ours', () =>
  withPull(async (double, { comments }) => {
    comments.push({ id: 1, body: `${marker}\nall is well`, user: { login: 'eve', type: 'User' }, html_url: '' });

    await keepComment(connected(double), pull, { marker, body: `${marker}\none`, onlyIfThere: false });
    double.login = 'carol';
    comments.push({ id: 2, body: `${marker}\nof carol`, user: { login: 'carol', type: 'User' }, html_url: '' });
    await keepComment(connected(double), pull, { marker, body: `${marker}\ntwo`, onlyIfThere: false });

    expect(comments.map(({ body, user }) => [user.login, body.split('\n')[1]])).toEqual([
      ['eve', 'all is well'],
      [bot.login, 'one'],
      ['carol', 'two'],
    ]);
  }));

test('a token that may only read is refused with 403, and is not asked again', () =>
  withPull(async (double) => {
    double.mayWrite = false;

    const refused = await failure(keepComment(connected(double), pull, { marker, body: marker, onlyIfThere: false }));

    expect(refused).toMatchObject({ name: 'GitHubFailed', status: 403 });
    expect(refused.message).toBe(
      'GitHub answered 403 to POST /repos/acme/shop/issues/7/comments: Resource not accessible by integration',
    );
    expect(double.sent.filter(({ method }) => method === 'POST')).toHaveLength(1);
  }));

test.each([
  ['429 with retry-after', { status: 429, headers: { 'retry-after': '0' } }],
  [
    '403 of the secondary limit',
    { status: 403, headers: { 'retry-after': '1' }, body: { message: 'You have exceeded a secondary rate limit' } },
  ],
  ['403 with nothing remaining', { status: 403, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1' } }],
  ['502', { status: 502, body: { message: 'Bad Gateway' } }],
])('%s is waited out', (_, fault) =>
  withPull(async (double, changed) => {
    changed.files = [{ filename: 'a.sql', status: 'added' }];
    double.faults.push({ on: /files$/, ...fault });

    expect(await readChangedFiles(connected(double), pull)).toHaveLength(1);
    expect(double.sent).toHaveLength(2);
  }),
);

test('a wait that is too long is not waited, and a comment that may have been made is not made again', () =>
  withPull(async (double) => {
    double.faults.push({ on: /files$/, status: 429, headers: { 'retry-after': '3600' }, body: { message: 'later' } });
    double.faults.push({ on: /^POST/, status: 502, body: { message: 'Bad Gateway' } });

    const limited = await failure(readChangedFiles(connected(double), pull));
    const unknown = await failure(keepComment(connected(double), pull, { marker, body: marker, onlyIfThere: false }));

    expect([limited.status, unknown.status]).toEqual([429, 502]);
    expect(double.sent.filter(({ method }) => method === 'POST')).toHaveLength(1);
  }));

test.each([
  ['nothing there', { ...pull, number: 8 }, 404],
  ['too long', pull, 422],
])('%s is said with its number', (_, address, status) =>
  withPull(async (double) => {
    const body = `${marker}${'x'.repeat(70_000)}`;

    expect(await failure(keepComment(connected(double), address, { marker, body, onlyIfThere: false }))).toMatchObject({
      status,
    });
  }),
);

test('no message holds the token, whatever went wrong', () =>
  withPull(async (double) => {
    const nowhere = { ...double, apiUrl: 'http://127.0.0.1:1' };
    double.faults.push({ on: /files$/, status: 401, body: { message: 'Bad credentials' } });

    for (const work of [readChangedFiles(connected(double), pull), readChangedFiles(connected(nowhere), pull)]) {
      const failed = await failure(work);
      expect(`${failed.message}${failed.stack}${JSON.stringify(failed)}${String(failed.cause ?? '')}`).not.toContain(
        'ghs_secret',
      );
      expect(failed.message).toMatch(/^GitHub (answered 401|did not answer GET)/);
    }
  }));
