/** The pages of several projects while nothing runs. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openEngine } from '#local/engine/engine';
import { openWebServer } from '#local/web/server';
import { openStoredSite } from '#local/web/stored-site';
import { withFolder } from '#test/support/with-folder';
import { handlers, machine } from '../engine/support';
import { asForm, ask, secret } from './ask';

const states = {
  'Open run': {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
    Arguments: { FunctionName: 'OpenRun', Payload: { token: '{% $states.context.Task.Token %}' } },
    End: true,
  },
};

/** What an earlier process has left: a run with report and evidence, and a mail. */
const leaveBehind = async (stateDirectory: string, name: string, isAnswered: boolean): Promise<string> => {
  let token = '';
  let tell: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const engine = await openEngine({
    definition: machine(states),
    stateMachineName: 'MigrationChecklist',
    journalDirectory: path.join(stateDirectory, 'engine'),
    invoke: handlers({
      OpenRun: (payload: { readonly token: string }) => {
        token = payload.token;
        tell();
      },
    }),
  });
  const { executionArn } = await engine.startExecution({ name, input: {} });
  await asked;
  if (isAnswered) {
    await engine.sendTaskSuccess(token, { ok: true });
    await engine.waitFor(executionArn);
  }
  await engine.close();
  const run = path.join(stateDirectory, 'store/runs', name);
  await mkdir(run, { recursive: true });
  await writeFile(path.join(run, 'report.html'), `<p>the report of ${name}</p>`);
  await writeFile(path.join(run, 'run.json'), `{"runId":"${name}"}`);
  await mkdir(path.join(stateDirectory, 'mail'), { recursive: true });
  await writeFile(
    path.join(stateDirectory, 'mail', `${name}.eml`),
    `Subject: of ${name}\r\nTo: a@b\r\n\r\nwords of ${name}\r\n`,
  );
  return token;
};

test('runs, reports, evidence and mails of every project are shown, and nothing is decided or changed', () =>
  withFolder(async (folder) => {
    const [one, other] = [path.join(folder, 'one'), path.join(folder, 'other')];
    await leaveBehind(one, 'run-one', true);
    const token = await leaveBehind(other, 'run-other', false);
    const server = await openWebServer({ port: 0, secret, log: () => undefined });
    server.serve(
      openStoredSite([
        { name: '.local', stateDirectory: one },
        { name: '.local/projects/other', stateDirectory: other },
        { name: '.local/projects/empty', stateDirectory: path.join(folder, 'empty') },
      ]),
    );
    try {
      const bodyOf = async (address: string) => (await ask(server, address)).body;

      const runs = await bodyOf('/');
      expect(runs).toMatch(/completed<\/span>\s*<span class="grow"><a href="\/runs\/run-one">/);
      // Nobody goes on with it at the moment.
      expect(runs).toMatch(/interrupted<\/span>\s*<span class="grow"><a href="\/runs\/run-other">/);
      expect(runs).toContain(', .local/projects/other</span>');
      expect(await bodyOf('/runs/run-one')).toContain('href="/reports/run-one"');
      const interrupted = await bodyOf('/runs/run-other');
      expect(interrupted).toContain('interrupted');
      expect(interrupted).not.toContain(token);
      expect(await bodyOf('/reports/run-other')).toContain('the report of run-other');
      expect(await bodyOf('/evidence/runs/run-one/run.json')).toContain('run-one');
      const mailbox = await bodyOf('/mailbox');
      expect(mailbox).toContain('of run-one');
      expect(mailbox).toContain('of run-other');
      expect(await bodyOf('/mailbox/run-other.eml')).toContain('words of run-other');

      const link = `/approvals/${'a'.repeat(43)}`;
      expect(await ask(server, link)).toMatchObject({
        status: 503,
        body: expect.stringContaining('Nothing is running'),
      });
      expect((await ask(server, link, asForm({ choice: 'approve' }))).status).toBe(503);
      const api = { method: 'POST', headers: { 'x-amz-target': 'AWSStepFunctions.StartExecution' }, body: '{}' };
      expect((await ask(server, '/', api)).status).toBe(404);
    } finally {
      await server.close();
    }
  }));
