/** A rollback after a failed run whose backup fails, of whatever: people are asked all the same, two of them, and told what is missing. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { verifyEvidence } from '#commands/verify-evidence/verify';
import { rollbackRunOf } from '#domain/ledger/rollback-pin';
import { startRun } from '#local/runs';
import type { Runtime } from '#local/runtime';
import { listMails, readMail } from '#local/web/mail-folder';
import { answerMails } from '#test/support/answer-mails';
import { hurriedClock } from '#test/support/hurried-clock';
import { optionsFor, withRuntime, withSandbox } from '#test/support/local-run';
import { boxOf, onTarget, rollbackOf } from '#test/support/run-outcome';

const migration = '001_add_rank.sql';
const text = `-- Purpose: people are ranked
ALTER TABLE people ADD COLUMN rank integer; -- null: not ranked yet

-- ROLLBACK
--   ALTER TABLE people DROP COLUMN IF EXISTS rank;
`;

const people = ['--approver', 'ada@example.org', '--approver', 'grace@example.org', '--on-call', 'grace@example.org'];

/** After the apply: from then on nothing can be dumped, and the run fails of something else. */
const breakBackups = ({ ports }: Runtime) =>
  Object.assign(ports.backups, {
    make: async () => {
      throw new Error('ENOSPC: no space left on device, postgres://owner:hunter2@db.example.org/app');
    },
  });

test(
  'a full disk does not keep a failed run from being taken back: told without secrets, and approved by two',
  () =>
    withSandbox(async (sandbox) => {
      const folder = path.join(sandbox.project, 'migrations');
      rmSync(folder, { recursive: true });
      mkdirSync(folder);
      writeFileSync(path.join(folder, migration), text);
      let runtime: Runtime | null = null;
      const intercept = async (called: string, call: () => Promise<unknown>) => {
        if (called !== 'TestConstraints') return call();
        breakBackups(runtime as Runtime);
        throw Object.assign(new Error('injected'), { name: 'VerificationFailed' });
      };
      const options = optionsFor(sandbox, ...people);
      const parts = { answering: false, options, intercept, engineClock: hurriedClock() };
      await withRuntime(sandbox, parts, async (opened) => {
        runtime = opened;
        await onTarget(opened, 'CREATE TABLE people (person_id bigint PRIMARY KEY)');
        const pages: string[] = [];
        const stop = answerMails(
          opened,
          (stage, page) => {
            if (stage === 'rollback') pages.push(page);
            return 'approved';
          },
          { mayBeRefused: true },
        );
        const end = await startRun(opened, migration);
        stop();
        const back = rollbackRunOf(end.runId);
        const { states, report } = await rollbackOf(opened, end);
        const mails = await Promise.all(
          (await listMails(opened.mailDirectory)).map((file) => readMail(opened.mailDirectory, file)),
        );
        const asking = mails.filter((mail) => mail?.mail.subject.startsWith('Approve rollback'));
        const incidents = path.join(sandbox.project, 'ops/postmortems');

        expect(states).toEqual(
          expect.arrayContaining(['Find blockers', 'Approve rollback', 'Roll back', 'Rolled back']),
        );
        // Whoever is on call is not enough alone.
        expect(pages).toHaveLength(2);
        for (const page of pages) {
          expect(page).toContain('not backed up, no dump of the data of now could be made: ENOSPC');
          expect(page).toContain('What there is to go back to: restore point');
          expect(page).toContain('2 different people must approve');
        }
        expect(asking).toHaveLength(2);
        for (const mail of asking) expect(mail?.mail.text).toMatch(/ENOSPC.*Two people have to approve it/s);
        for (const box of ['5.1', '5.2', '5.3'] as const)
          expect(boxOf(report as never, box)).toMatchObject({
            answer: 'open',
            reason: expect.stringContaining('ENOSPC'),
          });
        expect(readFileSync(path.join(incidents, readdirSync(incidents)[0] ?? ''), 'utf8')).toContain(
          '**Backup**: not backed up',
        );
        const said = [...pages, ...mails.map((mail) => mail?.mail.text ?? ''), JSON.stringify(report)].join('\n');
        expect(said).not.toContain('hunter2');
        for (const runId of [end.runId, back])
          expect((await verifyEvidence(opened.ports.store, runId, null)).problems).toEqual([]);
      });
    }),
  400_000,
);
