/** Who is asked, who decides, and what each of them is told: real mails, real pages, the real workflow. */
import { setTimeout as sleep } from 'node:timers/promises';
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
