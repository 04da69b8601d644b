/** A rollback that takes two people, approved by the one who is on call: it goes on at once, and says so wherever it is told. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { verifyEvidence } from '#commands/verify-evidence/verify';
import { startRollback } from '#local/rollbacks';
import { startRun } from '#local/runs';
import { listMails, readMail } from '#local/web/mail-folder';
import { answerMails } from '#test/support/answer-mails';
import { hurriedClock } from '#test/support/hurried-clock';
import { optionsFor, withRuntime, withSandbox } from '#test/support/local-run';
import { reportOf } from '#test/support/run-outcome';

test(
  'one person on call approves a rollback that takes two, marked on page, in mail, evidence, report and incident report',
  () =>
    withSandbox(async (sandbox) => {
      const people = ['--approver', 'grace@example.org', '--approver', 'ada@example.org'];
      const options = optionsFor(
        sandbox,
        ...people,
        '--approvals-needed',
        'rollback=2',
        '--on-call',
        'grace@example.org',
      );
      await withRuntime(sandbox, { answering: false, options, engineClock: hurriedClock() }, async (runtime) => {
        const pages: string[] = [];
        const stop = answerMails(
          runtime,
          (stage, page) => {
            if (stage === 'rollback') pages.push(page);
            return 'approved';
          },
          { mayBeRefused: true },
        );
        const applied = await startRun(runtime, '001_create_jobs.sql');

        const end = await startRollback(runtime, { migration: '001', because: 'it is wrong' });
        stop();

        expect(applied.error).toBeNull();
        expect(`${end.error}: ${end.message}`).toMatch(/^null: .*was rolled back/);
        const report = await reportOf(runtime, end as never);
        expect(report.approvals.at(-1)).toMatchObject({
          stage: 'rollback',
          decision: 'approved',
          by: 'grace@example.org',
          reason: 'approved by the test (approved by one person on call, grace@example.org)',
        });
        expect(pages[0]).toContain('One person on call is enough, and it is marked so: grace@example.org.');
        const mails = await Promise.all(
          (await listMails(runtime.mailDirectory)).map((file) => readMail(runtime.mailDirectory, file)),
        );
        const asking = mails.filter((mail) => mail?.mail.subject.startsWith('Approve rollback'));
        expect(asking).toHaveLength(2);
        for (const mail of asking) expect(mail?.mail.text).toMatch(/On call: {6}One person on call is enough/);
        expect(
          mails.some(
            (mail) => /Approve apply.*/.test(mail?.mail.subject ?? '') && /On call/.test(mail?.mail.text ?? ''),
          ),
        ).toBe(false);
        const incidents = path.join(sandbox.project, 'ops/postmortems');
        expect(readFileSync(path.join(incidents, readdirSync(incidents)[0] ?? ''), 'utf8')).toContain(
          'one person on call, grace@example.org',
        );
        expect(readFileSync(path.join(sandbox.project, 'docs/decisions.md'), 'utf8')).toContain('one person on call');
        expect((await verifyEvidence(runtime.ports.store, end.runId, null)).problems).toEqual([]);
      });
    }),
  300_000,
);
