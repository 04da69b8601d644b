/** The action's script, as a process in a repository with a pull request, against GitHub's API as it is documented. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { withClient, withDatabase } from '#test/support/postgres';
import { type Looked, type Sandbox, withPullRequest } from '#test/support/pull-request-sandbox';

jest.setTimeout(180_000);

const users = {
  'db/1_users.up.sql': 'CREATE TABLE users (id bigint PRIMARY KEY, name text);\n',
  'db/1_users.down.sql': 'DROP TABLE users;\n',
};

const indexed = {
  'db/2_index.up.sql': 'CREATE INDEX users_name_idx ON users (name);\n',
  'db/2_index.down.sql': 'SELECT 1;\n',
};

const mended = {
  'db/2_index.up.sql':
    '-- waive: index-blocks-writes, nobody writes at night\nCREATE INDEX users_name_idx ON users (name);\n',
  'db/2_index.down.sql': 'DROP INDEX users_name_idx;\n',
};

/** On a server that is lent: an empty database of the test server. */
const onServer = (work: (sandbox: Sandbox, look: (...args: readonly string[]) => Promise<Looked>) => Promise<void>) =>
  withDatabase((connection) =>
    withPullRequest((sandbox) => {
      const { host, port, user, password, database } = connection;
      const url = `postgresql://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}`;
      return work(sandbox, (...args) => sandbox.look({ INPUT_DATABASE_URL: url }, ...args));
    }),
  );

test('one comment is made, edited with each push, and at the end says that nothing is left', () =>
  onServer(async ({ commit, pull, double }, look) => {
    await commit(users);
    await commit(indexed);
    const bad = await look('--sarif', 'found.sarif');
    const [comment] = pull.comments;
    const first = comment?.body ?? '';
    await commit(mended);
    const good = await look();
    const second = comment?.body ?? '';
    await commit({ 'db/2_index.up.sql': null, 'db/2_index.down.sql': null });
    const none = await look();

    expect(bad).toMatchObject({ code: 1, stderr: '', outputs: { result: 'failed', migrations: '1', stop: '1' } });
    expect(first).toMatch(/^<!-- migration-checklist: migrations -->\n/);
    expect(first).toContain(
      '| ❌ | `2_index` | 1 stop, 1 warn | writers of `public.users`: unknown, it grows with the table | ok | differs |',
    );
    expect(first).toContain('CREATE INDEX CONCURRENTLY users_name_idx ON users (name);');
    expect(first).toContain('DROP INDEX public.users_name_idx;');
    expect(bad.summary).toBe(first);
    expect(bad.stdout).toContain('::error file=db/2_index.up.sql,line=1,title=index-blocks-writes::');
    expect(bad.stdout).toContain(
      '::error file=db/2_index.up.sql,line=1,title=rehearsal::up again: db/2_index.up.sql:1: relation "users_name_idx" already exists',
    );

    expect(good).toMatchObject({ code: 0, outputs: { result: 'ok', stop: '0' } });
    expect(second).toContain('| ✅ | `2_index` | nothing of stop or warn |');
    expect(second).toContain('`index-blocks-writes` (stop, line 2): nobody writes at night');
    expect(none).toMatchObject({ code: 0, summary: '', outputs: { migrations: '0' } });
    expect(comment?.body).toContain('changes no migration any more');
    expect(pull.comments).toHaveLength(1);
    expect(double.sent.filter(({ method }) => method !== 'GET').map(({ method }) => method)).toEqual([
      'POST',
      'PATCH',
      'PATCH',
    ]);
  }));

test('a pull request without migrations gets no comment', () =>
  withPullRequest(async ({ commit, look, pull }) => {
    await commit(users);
    await commit({ 'README.md': 'Read me.' });

    expect(await look()).toMatchObject({ code: 0, summary: '' });
    expect(pull.comments).toEqual([]);
  }));

test('with a token that may only read it goes on by annotations and the summary, and says so', () =>
  withPullRequest(async ({ commit, look, pull, double, folder }) => {
    await commit(users);
    await commit(indexed);
    double.mayWrite = false;
    Object.assign(pull, { headRepo: 'eve/shop' });

    const looked = await look({ INPUT_REVIEW_ONLY: 'true' }, '--sarif', 'found.sarif');

    expect(looked).toMatchObject({ code: 1, outputs: { result: 'failed', 'comment-url': '' } });
    expect(looked.stdout).toContain('::error file=db/2_index.up.sql,line=1,title=index-blocks-writes::');
    for (const text of [looked.summary, looked.stdout]) {
      expect(text).toMatch(/No comment: GitHub answered 403/);
      expect(text).toContain('only the review was asked for');
    }
    const { runs } = JSON.parse(await readFile(path.join(folder, 'found.sarif'), 'utf8'));
    expect(runs[0].results.map(({ ruleId }: { ruleId: string }) => ruleId)).toContain('index-blocks-writes');
  }));

test('where GitHub does not list the files, git does, and that is said', () =>
  withPullRequest(async ({ commit, look, double }) => {
    await commit(users);
    await commit(indexed);
    double.faults.push({ on: /pulls\/7\/files$/, status: 404, body: { message: 'Not Found' } });

    const looked = await look({ INPUT_REVIEW_ONLY: 'true' });

    expect(looked).toMatchObject({ code: 1, outputs: { migrations: '1' } });
    expect(looked.summary).toMatch(
      /GitHub answered 404 to GET .*The changed files are those of git diff [0-9a-f]{40}…?\.{3}HEAD/,
    );
  }));

test('the change of a fork is not run where it would find the secrets of the repository', () =>
  withPullRequest(async ({ commit, look, pull }) => {
    await commit(users);
    await commit(indexed);
    Object.assign(pull, { headRepo: 'eve/shop' });

    const looked = await look({ GITHUB_EVENT_NAME: 'pull_request_target' });

    expect(looked.summary).toContain('gives the secrets of the repository to the change of a fork; use pull_request');
    expect(looked.stdout).not.toContain('rehearsed on');
  }));

test('neither names nor SQL of a pull request are commands to the runner', () =>
  withPullRequest(async ({ commit, look }) => {
    await commit(users);
    await commit({
      'db/2_a%0A::error::forged.up.sql':
        "SELECT 'x\n::add-mask::y\n##[error]z';\nUPDATE users SET name = '\n::set-output name=a::b';\n",
    });

    const { stdout } = await look({ INPUT_REVIEW_ONLY: 'true' });

    const [, stop] = /^::stop-commands::(\S+)$/m.exec(stdout) ?? [];
    const outside = stdout.replace(new RegExp(`^::stop-commands::${stop}\\n[\\s\\S]*?^::${stop}::$`, 'm'), '');
    expect(stop).toMatch(/^[0-9a-f-]{36}$/);
    for (const line of outside.split('\n').filter((one) => /^\s*(::|##\[)/.test(one)))
      expect(line).toMatch(/^::(error|warning|notice) (file=db\/2_a%250A%3A%3Aerror%3A%3Aforged\.up\.sql|title=)/);
  }));

/** Put together at run time, so that nothing keeps it from being run; without a server of Linux it finds nothing. */
const peek = `DO $$
DECLARE found boolean;
BEGIN
  EXECUTE 'SELECT position(''ghs_thisIs''::bytea IN ' || reverse('elif_yranib_daer_gp') || '(''/proc/self/environ'')) > 0' INTO found;
  RAISE EXCEPTION 'in the environment: %', found;
END $$;
`;

test('a migration finds no secret in the environment of the server that it is rehearsed on', () =>
  withPullRequest(async ({ commit, look }) => {
    await commit(users);
    await commit({ 'db/2_peek.up.sql': peek, 'db/2_peek.down.sql': 'SELECT 1;\n' });

    const { summary } = await look();

    expect(summary).toContain('in the environment: f');
  }));

test('nothing that says what changed is wrong use, said in one line', () =>
  withPullRequest(async ({ commit, look }) => {
    await commit(users);

    const looked = await look({ GITHUB_EVENT_PATH: '' });

    expect(looked.code).toBe(2);
    expect(looked.stderr).toMatch(/^::error title=migration-checklist::nothing says which files changed.*\n$/);
  }));

test('tables of the database that is named are known to the review, with their rows', () =>
  withDatabase((connection) =>
    withPullRequest(async ({ commit, look }) => {
      await withClient(connection, async (client) => {
        await client.query('CREATE TABLE users (id bigint PRIMARY KEY, name text)');
        await client.query("INSERT INTO users SELECT n, 'x' FROM generate_series(1, 20000) n");
        await client.query('ANALYZE users');
      });
      const { host, port, user, password, database } = connection;
      await commit(users);
      await commit(indexed);

      const { summary, stdout } = await look(
        { SHOP_URL: `postgresql://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}` },
        '--no-comment',
        '--database-url',
        'SHOP_URL',
      );

      expect(summary).toMatch(/\| `public\.users` \| ShareLock \| writers \| about \d+ ms \| 20,000 rows \| \[1\]/);
      expect(stdout).toContain('1_users: taken as applied, because the database holds tables');
    }),
  ));
