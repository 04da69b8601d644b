/** A rollback while a session keeps tables from being read: people are asked all the same, with what was not backed up, and by whom. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { verifyEvidence } from '#commands/verify-evidence/verify';
import type { EvidenceDocument } from '#domain/evidence/document';
import { startRollback } from '#local/rollbacks';
import { startRun } from '#local/runs';
import type { Runtime } from '#local/runtime';
import { listMails, readMail } from '#local/web/mail-folder';
import { answerMails } from '#test/support/answer-mails';
import { hurriedClock } from '#test/support/hurried-clock';
import { withRuntime, withSandbox } from '#test/support/local-run';
import { boxOf, onTarget, reportOf } from '#test/support/run-outcome';

const migration = '001_add_rank.sql';
const text = `-- Purpose: people are ranked
ALTER TABLE people ADD COLUMN rank integer; -- null: not ranked yet

-- ROLLBACK
--   ALTER TABLE people DROP COLUMN IF EXISTS rank;
`;

/** A session of the application that keeps the table from being read until it is ended. */
const withhold = async (runtime: Runtime, table: string): Promise<pg.Client> => {
  const { host, port, user, password, database } = await runtime.ports.platform.connection({ branchId: 'target' });
  const client = new pg.Client({ host, port, user, password, database, application_name: 'stuck vacuum' });
  client.on('error', () => undefined);
  await client.connect();
  await client.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
  return client;
};

const documentOf = async ({ ports }: Runtime, runId: string, name: string) =>
  JSON.parse((await ports.store.read(`runs/${runId}/${name}.json`))?.toString('utf8') ?? 'null') as EvidenceDocument;

test.each(['people', 'orders'])(
  'who keeps %s from being read is shown, and ended by approval; that nothing was dumped is said on page, mail and in the incident report',
  (table) =>
    withSandbox(async (sandbox) => {
      const folder = path.join(sandbox.project, 'migrations');
      rmSync(folder, { recursive: true });
      mkdirSync(folder);
      writeFileSync(path.join(folder, migration), text);
      let calls = 0;
      let last: unknown;
      // The first call waits for its lock; those behind it fail as it did, without taking their time.
      const intercept = async (called: string, call: () => Promise<unknown>, payload: unknown) => {
        if (called !== 'BackupDatabase') return call();
        const { attempt } = payload as { readonly attempt?: number };
        if (attempt === undefined) return call();
        calls += 1;
        if (attempt > 0 && attempt < 5) throw last;
        return call().catch((error: unknown) => {
          last = error;
          throw error;
        });
      };
      await withRuntime(sandbox, { answering: false, intercept, engineClock: hurriedClock() }, async (runtime) => {
        await onTarget(runtime, 'CREATE TABLE people (person_id bigint PRIMARY KEY)');
        await onTarget(runtime, 'CREATE TABLE orders (order_id bigint PRIMARY KEY)');
        const pages: string[] = [];
        const stop = answerMails(runtime, (stage, page) => {
          if (stage !== 'rollback') return 'approved';
          pages.push(page);
          return 'ending';
        });
        const applied = await startRun(runtime, migration);
        const blocker = await withhold(runtime, table);
        try {
          const end = await startRollback(runtime, { migration, because: 'ranks are wrong' });

          expect(applied.error).toBeNull();
          expect(`${end.error}: ${end.message}`).toMatch(/^null: .*was rolled back/);
          expect(calls).toBe(6);
          expect(pages).toHaveLength(1);
          const [page = ''] = pages;
          expect(page).toMatch(/worst first<\/h2>\s*<ol><li>process \d+, application stuck vacuum/);
          expect(page).toMatch(/name="end-\d+"/);
          expect(page).toContain(`for locks on ${[...new Set(['public.people', `public.${table}`])].join(', ')}`);
          // The branch was made and the rollback rehearsed on it; only the dump has to read the table itself.
          expect(page).toMatch(/This rollback is not backed up, no dump.*stuck vacuum/s);
          expect(page).not.toContain('not rehearsed');
          expect(page).toMatch(/What there is to go back to: restore point/);
          const mails = await Promise.all(
            (await listMails(runtime.mailDirectory)).map((file) => readMail(runtime.mailDirectory, file)),
          );
          const asking = mails.filter((mail) => mail?.mail.subject.startsWith('Approve rollback'));
          expect(asking.length).toBeGreaterThan(0);
          for (const mail of asking) expect(mail?.mail.text).toMatch(/stuck vacuum.*This rollback is not backed up/s);
          const { facts } = await documentOf(runtime, end.runId, 'roll-back');
          expect(facts['ended']).toMatchObject([{ application: 'stuck vacuum', outcome: 'ended' }]);
          const report = await reportOf(runtime, end as never);
          for (const box of ['5.1', '5.2', '5.3'] as const)
            expect(boxOf(report, box)).toMatchObject({
              answer: 'open',
              reason: expect.stringContaining('no dump of the data of now could be made'),
            });
          for (const box of ['13.1', '13.2', '13.3'] as const)
            expect(boxOf(report, box)).toMatchObject({ answer: 'proved' });
          const incidents = path.join(sandbox.project, 'ops/postmortems');
          expect(readFileSync(path.join(incidents, readdirSync(incidents)[0] ?? ''), 'utf8')).toContain(
            '**Backup**: not backed up',
          );
          expect((await verifyEvidence(runtime.ports.store, end.runId, null)).problems).toEqual([]);
        } finally {
          stop();
          await blocker.end().catch(() => undefined);
        }
      });
    }),
  400_000,
);
