/** Decisions from the terminal, typed as a person does, while a real run waits: no mail is opened and no page is used. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Report } from '#domain/reports/report';
import { approvalKeys } from '#lambdas/record/keys';
import { accountAddress } from '#local/account';
import type { Runtime } from '#local/runtime';
import { holdFolder } from '#local/single-process';
import { listMails } from '#local/web/mail-folder';
import { optionsFor, withRuntime, withSandbox } from '#test/support/local-run';
import { typed } from '#test/support/typed-command';

const migration = '001_create_jobs.sql';

type Typing = {
  readonly runtime: Runtime;
  readonly stateDirectory: string;
  type(...args: readonly string[]): ReturnType<typeof typed>;
};

/** A runtime whose state lies where a command in the same folder looks for it. */
const withTyping = <T>(options: readonly string[], work: (typing: Typing) => Promise<T>): Promise<T> =>
  withSandbox(async (sandbox) => {
    const stateDirectory = path.join(sandbox.directory, '.local');
    await rename(sandbox.stateDirectory, stateDirectory).catch(() => undefined);
    const release = await holdFolder(stateDirectory);
    const own = { ...sandbox, stateDirectory };
    try {
      return await withRuntime(own, { answering: false, options: optionsFor(own, ...options) }, (runtime) =>
        work({ runtime, stateDirectory, type: (...args) => typed('approvals', sandbox.directory, args) }),
      );
    } finally {
      await release();
    }
  });

const start = async ({ engine }: Runtime, startedBy: string) => {
  const { executionArn } = await engine.startExecution({ input: { migration, startedBy } });
  return { executionArn, runId: executionArn.slice(executionArn.lastIndexOf(':') + 1) };
};

const until = async (isThere: () => Promise<boolean>) => {
  for (let tries = 0; tries < 1_200; tries += 1) {
    if (await isThere()) return;
    await sleep(50);
  }
  throw new Error('it did not come within 60 s');
};

const isWaiting =
  ({ ports }: Runtime, runId: string, stage: string) =>
  async () =>
    (await ports.store.read(`runs/${runId}/approvals/${stage}.task.json`)) !== null;

/** What the list asks for, filled in. */
const ticksIn = (list: string) =>
  [...list.matchAll(/--(attest|accept) "(\d+\.\d+)/g)].flatMap(([, kind, box]) => [
    `--${kind}`,
    `${box}: the test says so`,
  ]);

test('a whole run is approved from the terminal, and nowhere does that look like a person on the page', async () => {
  await withTyping(['--approver', 'ada@example.org'], async ({ runtime, type }) => {
    const { executionArn, runId } = await start(runtime, 'grace@example.org');
    await until(isWaiting(runtime, runId, 'review'));
    const list = await type();
    const bare = await type('approve', runId, '--as', 'ada@example.org', '--because', 'the mail server is down');
    const notAsked = await type('approve', runId, '--as', 'eve@example.org', '--because', 'because');
    const review = await type(
      ...['approve', runId, 'review', '--as', 'Ada <ADA@example.org>', '--because', 'the mail server is down'],
      ...ticksIn(list.stdout),
    );
    await until(isWaiting(runtime, runId, 'apply'));
    const second = await type('list');
    const apply = await type(
      ...['approve', runId, '--as', 'ada@example.org', '--because', 'still down', ...ticksIn(second.stdout)],
    );
    const { status, output } = await runtime.engine.waitFor(executionArn);
    await runtime.settled();

    expect(list).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`${runId}: approve review of ${migration}`),
    });
    expect(list.stdout).toContain('ada@example.org: has not answered');
    expect(bare).toMatchObject({
      code: 2,
      output: expect.stringContaining('tick what only a person can say: 2.1, 3.3 is missing'),
    });
    expect(notAsked).toMatchObject({ code: 2, output: expect.stringContaining('asked were ada@example.org') });
    expect(review).toMatchObject({ code: 0, output: expect.stringContaining('it is being carried out') });
    expect(apply).toMatchObject({ code: 0 });
    expect(status).toBe('SUCCEEDED');
    const marked = `ada@example.org (from the terminal, by ${accountAddress()})`;
    expect(output).toMatchObject({
      outcome: 'signed off with exceptions',
      appliedBy: marked,
      exceptions: expect.arrayContaining([
        `the review was approved from the terminal by ${accountAddress()} as ada@example.org, which is nobody else's look: the mail server is down`,
        `the apply was approved from the terminal by ${accountAddress()} as ada@example.org, which is nobody else's look: still down`,
      ]),
    });
    const { store } = runtime.ports;
    const read = async (key: string) => String(await store.read(`runs/${runId}/${key}`));
    const report = JSON.parse(await read('report.json')) as Report;
    expect(report.boxes.find(({ id }) => id === '3.3')?.reason).toBe(`attested by ${marked}: the test says so`);
    for (const page of ['report.html', 'report.md']) expect(await read(page)).toContain('from the terminal');
    const decided = JSON.parse(await read('approve-review.json'));
    expect(decided.facts.answers).toMatchObject([{ how: 'from the terminal', operator: accountAddress() }]);
    const { output: verified, code } = await typed(
      'verify-evidence',
      path.dirname(path.dirname(runtime.mailDirectory)),
      [runId],
    );
    expect(`${code} ${verified}`).toMatch(/^0 /);
  });
});

test('one who rejects from the terminal is enough, and a secret of before is refused', async () => {
  await withTyping(['--approver', 'ada@example.org'], async ({ runtime, stateDirectory, type }) => {
    const { executionArn, runId } = await start(runtime, 'grace@example.org');
    await until(isWaiting(runtime, runId, 'review'));
    const reject = ['reject', runId, '--as', 'ada@example.org', '--because', 'not now'];
    const secretFile = path.join(stateDirectory, 'pages-secret');
    const secret = await readFile(secretFile, 'utf8');
    await writeFile(secretFile, 'another\n');
    const refused = await type(...reject);
    const answers = await runtime.ports.store.list(`runs/${runId}/approvals/review.decision`);
    await writeFile(secretFile, secret);
    const before = (await listMails(runtime.mailDirectory)).length;
    const resent = await type('resend', runId, '--to', 'ada@example.org');
    const after = (await listMails(runtime.mailDirectory)).length;
    const { store } = runtime.ports;
    const kept = (await store.list(`runs/${runId}/approvals/`)).filter((key) => key.includes('.resent-'));
    const rejected = await type(...reject);
    const end = await runtime.engine.waitFor(executionArn);
    const again = await type(...reject);

    expect(refused).toMatchObject({
      code: 1,
      output: expect.stringContaining('the secret is not the one of this start'),
    });
    expect(answers).toEqual([]);
    expect(resent).toMatchObject({ code: 0, output: expect.stringContaining('mailed to ada@example.org') });
    expect(after - before).toBe(1);
    expect(kept).toEqual([approvalKeys.resent(runId, 'review', 'ada@example.org', 2)]);
    expect(JSON.parse(String(await store.read(kept[0] ?? '')))).toEqual({
      ...{ runId, stage: 'review', approver: 'ada@example.org', by: accountAddress() },
      at: expect.stringMatching(/^20\d\d-/),
    });
    expect(rejected.code).toBe(0);
    expect(end).toMatchObject({ status: 'FAILED', error: 'ApprovalRejected' });
    expect(end.cause).toContain(`ada@example.org (from the terminal, by ${accountAddress()}) rejected ${migration}`);
    expect(again).toMatchObject({ code: 2, output: expect.stringContaining('is under way here') });
  });
});
