/** What a person is shown before they attest at the review, and what becomes of it: the pull request, and who depends on the tables. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { documentPaths } from '#domain/boxes/14-update-documentation';
import type { Report } from '#domain/reports/report';
import { startRun } from '#local/runs';
import { answerMails } from '#test/support/answer-mails';
import { pullOf, withGitHub } from '#test/support/github-double';
import { optionsFor, withRuntime, withSandbox } from '#test/support/local-run';
import { projectRoot } from '#test/support/project-root';

const address = 'https://github.com/acme/shop/pull/7';

test('with a pull request the reviewer attests to it, and the run is signed off without that exception', async () => {
  await withSandbox((sandbox) => {
    const options = optionsFor(sandbox, '--pull-request', address);
    return withRuntime(sandbox, { answering: false, options }, async (runtime) => {
      let reviewed = '';
      const stop = answerMails(runtime, (stage, page) => {
        if (stage === 'review') reviewed = page;
        return 'approved';
      });
      const end = await startRun(runtime, '001_create_jobs.sql');
      stop();
      const read = async (name: string) => (await runtime.ports.store.read(`runs/${end.runId}/${name}`))?.toString();
      const report = JSON.parse((await read('report.json')) ?? 'null') as Report;

      expect(reviewed).toContain(`<a href="${address}" rel="noopener noreferrer">${address}</a>`);
      expect(reviewed).toContain('Who depends on it');
      expect(end.isSignedOff).toBe(true);
      expect(report.boxes.find(({ id }) => id === '1.1')).toMatchObject({ answer: 'attested' });
      expect(report.exceptions?.map(({ id }) => id)).not.toContain('1.1');
      expect(report.dependents?.sessions.at).toMatch(/^\d{4}-/);
      expect(JSON.parse((await read('approvals/review.json')) ?? 'null').run.pullRequest).toBe(address);
    });
  });
});

/** What the command's environment says of the code host, for the length of the callback. */
const withEnvironment = async <T>(values: Readonly<Record<string, string>>, work: () => Promise<T>): Promise<T> => {
  const before = { ...process.env };
  Object.assign(process.env, values);
  try {
    return await work();
  } finally {
    for (const name of Object.keys(values)) delete process.env[name];
    Object.assign(process.env, before);
  }
};

test('asked with a token, the code host proves that the file is in the pull request, and says who wrote it', async () => {
  const bytes = await readFile(path.join(projectRoot, 'migrations', '001_create_jobs.sql'));
  await withGitHub((double) =>
    withEnvironment(
      { GITHUB_TOKEN: 'ghs_secretOfTheRun', GITHUB_API_URL: double.apiUrl, GITHUB_SERVER_URL: 'https://github.com' },
      async () => {
        double.contents.set('b1', bytes);
        const commit = {
          author: { login: 'grace' },
          commit: { author: { name: 'Grace', email: 'grace@example.org' } },
        };
        const files = [{ filename: 'migrations/001_create_jobs.sql', status: 'added', sha: 'b1' }];
        double.pulls.set(7, pullOf(7, { author: 'grace', files, commits: [commit] }));
        await withSandbox((sandbox) => {
          const options = optionsFor(sandbox, '--pull-request', address);
          return withRuntime(sandbox, { options }, async (runtime) => {
            const end = await startRun(runtime, '001_create_jobs.sql');
            const read = async (name: string) =>
              (await runtime.ports.store.read(`runs/${end.runId}/${name}`))?.toString();
            const report = JSON.parse((await read('report.json')) ?? 'null') as Report;

            expect(report.boxes.find(({ id }) => id === '1.1')).toMatchObject({
              answer: 'proved',
              reason: expect.stringMatching(/contains migrations\/001_create_jobs\.sql with the sha256 of this run/),
            });
            expect(JSON.parse((await read('run.json')) ?? 'null')).toMatchObject({ author: 'grace@example.org' });
            for (const name of ['00-open-run.json', '01-code-review.json', 'report.json', 'report.md'])
              expect(await read(name)).not.toContain('ghs_secretOfTheRun');
          });
        });
      },
    ),
  );
});

test('with a repository for the documents, the entry of Step 14 is a pull request there, and merged by nobody', async () => {
  await withGitHub((double) =>
    withEnvironment(
      { GITHUB_TOKEN: 'ghs_secretOfTheRun', GITHUB_API_URL: double.apiUrl, GITHUB_SERVER_URL: 'https://github.com' },
      () =>
        withSandbox((sandbox) => {
          const options = optionsFor(sandbox, '--documents-repository', 'acme/shop');
          return withRuntime(sandbox, { options }, async (runtime) => {
            const end = await startRun(runtime, '001_create_jobs.sql');
            const read = async (name: string) =>
              (await runtime.ports.store.read(`runs/${end.runId}/${name}`))?.toString();
            const report = JSON.parse((await read('report.json')) ?? 'null') as Report;
            const { branches, commits, proposals } = double.repository;
            const [proposal] = proposals;
            const proposed = commits.get(branches.get(proposal?.head ?? '') ?? '');
            const written = await runtime.ports.documents.read(documentPaths.decisionLog);

            expect(proposals).toHaveLength(1);
            expect(proposal).toMatchObject({ title: 'Document migration 001', state: 'open', base: 'main' });
            expect(proposal?.body).toContain(end.runId);
            expect([...(proposed?.files.keys() ?? [])].sort()).toEqual(Object.values(documentPaths).sort());
            // The sign-off comes behind it, at the end of the run.
            expect(written).toContain(proposed?.files.get(documentPaths.decisionLog));
            expect(proposed?.files.get(documentPaths.decisionLog)).toContain('applied as `001_create_jobs.sql`');
            expect(branches.get('main')).toBe('sha0');
            expect(report.boxes.filter(({ id }) => id === '14.1' || id === '14.2')).toEqual([
              expect.objectContaining({ answer: 'proved', reason: expect.stringContaining('/acme/shop/pull/100') }),
              expect.objectContaining({ answer: 'proved', reason: expect.stringContaining('/acme/shop/pull/100') }),
            ]);
            expect(await read('14-update-documentation.json')).not.toContain('ghs_secretOfTheRun');
          });
        }),
    ),
  );
});
