/** A rollback for which the platform makes no branch: it goes on without a rehearsal, says so everywhere, and two people approve. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { verifyEvidence } from '#commands/verify-evidence/verify';
import { PlatformFailed, TargetCannotBeCopied } from '#domain/errors';
import { startRollback } from '#local/rollbacks';
import { startRun } from '#local/runs';
import { listMails, readMail } from '#local/web/mail-folder';
import { answerMails } from '#test/support/answer-mails';
import { hurriedClock } from '#test/support/hurried-clock';
import { optionsFor, withRuntime, withSandbox } from '#test/support/local-run';
import { boxOf, onTarget, reportOf } from '#test/support/run-outcome';

const migration = '001_add_rank.sql';
const text = `-- Purpose: people are ranked
ALTER TABLE people ADD COLUMN rank integer; -- null: not ranked yet

-- ROLLBACK
--   ALTER TABLE people DROP COLUMN IF EXISTS rank;
`;

const why = 'no more branches in this project';

// The branch four times where it may be passing, and once the restore point.
test.each([
  [new PlatformFailed(why), 5],
  [new TargetCannotBeCopied(why), 2],
] as const)(
  'without a branch (%s) it is taken back all the same: not rehearsed, said on page, mail and report, approved by two',
  (failure, attempts) =>
    withSandbox(async (sandbox) => {
      const folder = path.join(sandbox.project, 'migrations');
      rmSync(folder, { recursive: true });
      mkdirSync(folder);
      writeFileSync(path.join(folder, migration), text);
      const people = ['--approver', 'ada@example.org', '--approver', 'grace@example.org'];
      const options = optionsFor(sandbox, ...people);
      await withRuntime(sandbox, { answering: false, options, engineClock: hurriedClock() }, async (runtime) => {
        await onTarget(runtime, 'CREATE TABLE people (person_id bigint PRIMARY KEY)');
        const pages: string[] = [];
        const stop = answerMails(
          runtime,
          (stage, page) => {
            if (stage === 'rollback') pages.push(page);
            return 'approved';
          },
          { mayBeRefused: true },
        );
        const applied = await startRun(runtime, migration);
        const { platform } = runtime.ports;
        const make = platform.createBranch;
        let asked = 0;
        Object.assign(platform, {
          createBranch: async () => {
            asked += 1;
            throw failure;
          },
        });
        const end = await startRollback(runtime, { migration, because: 'ranks are wrong' });
        Object.assign(platform, { createBranch: make });
        stop();
        const report = await reportOf(runtime, end as never);
        const mails = await Promise.all(
          (await listMails(runtime.mailDirectory)).map((file) => readMail(runtime.mailDirectory, file)),
        );

        expect(applied.error).toBeNull();
        expect(`${end.error}: ${end.message}`).toMatch(
          /^null: .*was rolled back, and the schema is the same as before/,
        );
        expect(asked).toBe(attempts);
        expect(pages).toHaveLength(2);
        for (const page of pages) {
          expect(page).toContain(`no branch of the data of now could be made: ${why}`);
          expect(page).toContain('2 different people must approve');
          expect(page).toMatch(/for locks on public\.people/);
        }
        const asking = mails.filter((mail) => mail?.mail.subject.startsWith('Approve rollback'));
        expect(asking).toHaveLength(2);
        for (const mail of asking) expect(mail?.mail.text).toMatch(/not rehearsed.*Two people have to approve it/s);
        expect(report.approvals.at(-1)).toMatchObject({ stage: 'rollback', decision: 'approved' });
        for (const box of ['13.1', '13.2', '13.3'] as const)
          expect(boxOf(report, box)).toMatchObject({ answer: 'open', reason: expect.stringContaining(why) });
        expect(boxOf(report, '5.2')).toMatchObject({ answer: 'open' });
        const incidents = path.join(sandbox.project, 'ops/postmortems');
        expect(readFileSync(path.join(incidents, readdirSync(incidents)[0] ?? ''), 'utf8')).toContain(why);
        expect((await verifyEvidence(runtime.ports.store, end.runId, null)).problems).toEqual([]);
      });
    }),
  400_000,
);
