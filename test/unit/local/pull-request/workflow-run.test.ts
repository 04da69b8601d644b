import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readWorkflowRun } from '#local/pull-request/workflow-run';
import { withFolder } from '#test/support/with-folder';

const side = (sha: string, name: string | null) => ({ sha, repo: name === null ? null : { full_name: name } });

const runOf = (event: unknown, environment: Readonly<Record<string, string>> = {}) =>
  withFolder(async (directory) => {
    const file = path.join(directory, 'event.json');
    await writeFile(file, typeof event === 'string' ? event : JSON.stringify(event));
    return readWorkflowRun({ GITHUB_EVENT_PATH: file, ...environment });
  });

test('the event names pull request, commits, and whether it comes from a fork', async () => {
  const run = await runOf(
    { pull_request: { number: 7, head: side('aa', 'eve/shop'), base: side('bb', 'acme/shop') } },
    { GITHUB_REPOSITORY: 'acme/shop', GITHUB_EVENT_NAME: 'pull_request', GITHUB_ACTIONS: 'true' },
  );

  expect(run).toMatchObject({
    repository: { owner: 'acme', repo: 'shop' },
    pullRequest: { number: 7, headSha: 'aa', baseSha: 'bb', isFromFork: true },
    base: 'bb',
    apiUrl: 'https://api.github.com',
    isWorkflow: true,
  });
});

test.each([
  [{ pull_request: { number: 7, head: side('a', null), base: side('b', 'acme/shop') } }, true],
  [{ pull_request: { number: 7, head: side('a', 'acme/shop'), base: side('b', 'acme/shop') } }, false],
])('a fork that was deleted is one too: %j', async (event, isFromFork) => {
  expect((await runOf(event)).pullRequest).toMatchObject({ isFromFork });
});

test.each([
  [{ before: 'cc' }, 'cc'],
  [{ before: '0'.repeat(40) }, null],
  [{ merge_group: { base_sha: 'dd' } }, 'dd'],
  [{}, null],
])('other events say by themselves what they compare with: %j', async (event, base) => {
  expect(await runOf(event)).toMatchObject({ pullRequest: null, base });
});

test('outside of a workflow nothing is known, and that is no error', async () => {
  expect(await readWorkflowRun({})).toMatchObject({
    repository: null,
    pullRequest: null,
    base: null,
    isWorkflow: false,
  });
});

test('an event that cannot be read is named', async () => {
  await expect(runOf('{')).rejects.toThrow(/GITHUB_EVENT_PATH is .*event\.json, which cannot be read/);
});
