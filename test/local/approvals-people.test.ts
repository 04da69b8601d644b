/** Who is asked, who decides, and what each of them is told: real mails, real pages, the real workflow. */
import { setTimeout as sleep } from 'node:timers/promises';
import { fieldNames } from '#domain/approvals/decision-form';
import type { Report } from '#domain/reports/report';
import type { Runtime } from '#local/runtime';
import { listMails, readMail } from '#local/web/mail-folder';
import { optionsFor, withRuntime, withSandbox } from '#test/support/local-run';

const migration = '001_create_jobs.sql';
const approvers = ['--approver', 'ada@example.org', '--approver', 'grace@example.org'];

const until = async <T>(look: () => Promise<T | null | undefined | false>): Promise<T> => {
  for (let tries = 0; tries < 600; tries += 1) {
    const found = await look();
    if (found) return found;
    await sleep(50);
  }
  throw new Error('it did not come within 30 s');
};

const mailsOf = async ({ mailDirectory }: Runtime, runId: string) => {
  const files = await listMails(mailDirectory);
  const stored = await Promise.all(files.map((file) => readMail(mailDirectory, file)));
  return stored.flatMap((one) => (one?.mail.text.includes(runId) ? [one.mail] : []));
};

const start = async ({ engine }: Runtime, input: Readonly<Record<string, unknown>>) =>
  engine.startExecution({ input: { migration, ...input } });

test('who started the run or wrote the change is not asked, however they are named, and somebody must be named', async () => {
  await withSandbox((sandbox) =>
    withRuntime(sandbox, { answering: false, options: optionsFor(sandbox, ...approvers) }, async (runtime) => {
      const isAsked = async (input: Readonly<Record<string, unknown>>) => {
        const { executionArn } = await start(runtime, input);
        const name = executionArn.slice(executionArn.lastIndexOf(':') + 1);
        const mails = await until(async () => {
          const found = await mailsOf(runtime, name);
          return found.length > 0 && found;
        });
        // Whoever is asked is asked in one go: a second mail would come now.
        await sleep(200);
        await runtime.stopRun(executionArn, 'the test has seen who was asked');
        return [...new Set([...mails, ...(await mailsOf(runtime, name))].map(({ to }) => to))];
      };

      expect(await isAsked({ startedBy: 'Ada Lovelace <ada@example.org>' })).toEqual(['grace@example.org']);
      expect(await isAsked({ startedBy: 'ADA+deploy@example.org ' })).toEqual(['grace@example.org']);
      expect(await isAsked({ startedBy: 'bob@example.org', author: '"Lovelace, Ada" <ada@Example.org>' })).toEqual([
        'grace@example.org',
      ]);

      const { executionArn } = await start(runtime, {});
      expect(await runtime.engine.waitFor(executionArn)).toMatchObject({
        status: 'FAILED',
        error: 'InvalidInput',
        cause: expect.stringContaining('name who starts the run'),
      });
    }),
  );
});

/** The newest mail that asks this person about the run, and the form of its page filled in. */
const formOf = async (runtime: Runtime, runId: string, address: string, stage: string) => {
  const mail = await until(async () =>
    (await mailsOf(runtime, runId)).find(({ to, subject }) => to === address && subject.startsWith(`Approve ${stage}`)),
  );
  const link = /^https?:\/\/\S+\/approvals\/[\w-]+$/m.exec(mail.text)?.[0] ?? '';
  const code = /^Code: (\S+)$/m.exec(mail.text)?.[1] ?? '';
  const page = await (await fetch(link)).text();
  const names = [
    ...page.matchAll(/<(?:input type="checkbox"|textarea)[^>]* name="((?:attest|accept|because)-[^"]+)"/g),
  ];
  const form = (choice: 'approve' | 'reject', typed = code) =>
    new URLSearchParams([
      [fieldNames.code, typed],
      [fieldNames.choice, choice],
      [fieldNames.reason, `${address} says ${choice}`],
      ...names.map(([, name = '']): [string, string] => [name, 'yes']),
    ]);
  const send = async (choice: 'approve' | 'reject', typed = code) =>
    (await fetch(link, { method: 'POST', body: form(choice, typed) })).text();
  return { page, send };
};

const reportOf = async ({ ports }: Runtime, runId: string) =>
  JSON.parse((await ports.store.read(`runs/${runId}/report.json`))?.toString('utf8') ?? 'null') as Report;

test('two people approve, a page that is sent twice is told the truth, and what is open is signed off by name', async () => {
  await withSandbox((sandbox) => {
    const options = optionsFor(sandbox, ...approvers, '--approvals-needed', 'apply=2');
    return withRuntime(sandbox, { answering: false, options }, async (runtime) => {
      const { executionArn } = await start(runtime, { startedBy: 'grace@example.org' });
      const runId = executionArn.slice(executionArn.lastIndexOf(':') + 1);
      const review = await formOf(runtime, runId, 'ada@example.org', 'review');
      const both = await Promise.all([review.send('approve'), review.send('approve')]);
      const regret = await review.send('reject');

      for (const page of both) {
        expect(page).toContain('Your decision is recorded, and it is being carried out.');
        expect(page).not.toContain('no effect');
      }
      expect(regret).toContain('Your choice to reject comes too late and has no effect: you have approved this');

      const first = await formOf(runtime, runId, 'ada@example.org', 'apply');
      const waiting = await first.send('approve');
      // The one who started is the second of two different people.
      const second = await formOf(runtime, runId, 'grace@example.org', 'apply');
      expect(waiting).toContain('2 different people must approve; 1 is missing.');
      expect(second.page).toContain('<strong>ada@example.org</strong>');
      expect(await second.send('approve')).toContain('it is being carried out');

      const { status, output } = await runtime.engine.waitFor(executionArn);
      const report = await reportOf(runtime, runId);
      expect(status).toBe('SUCCEEDED');
      expect(output).toMatchObject({
        outcome: 'signed off with exceptions',
        appliedBy: 'ada@example.org and grace@example.org',
        exceptions: [
          expect.stringMatching(/^1\.1 open: .*; accepted by ada@example\.org: ada@example\.org says approve$/),
        ],
      });
      expect(report.outcome).toBe('signed off with exceptions');
      expect(report.approvals.map(({ stage, by }) => `${stage} ${by}`)).toEqual([
        'review ada@example.org',
        'apply ada@example.org',
        'apply grace@example.org',
      ]);
    });
  });
});
