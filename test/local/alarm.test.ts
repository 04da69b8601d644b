/** The alarm path: samples over a threshold, alarm, approval of the rollback, rolled back, catalog as before, incident report. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { verifyEvidence } from '#commands/verify-evidence/verify';
import type { RollbackOfRun } from '#domain/boxes/rollback-of-run';
import { fingerprintOf } from '#domain/catalog/fingerprint';
import type { StoredEvidence } from '#domain/evidence/chain';
import type { EvidenceDocument } from '#domain/evidence/document';
import { rollbackRunOf } from '#domain/ledger/rollback-pin';
import type { Report } from '#domain/reports/report';
import { verifyRollbackOfRun } from '#lambdas/record/rollback-of-run';
import { startRun } from '#local/runs';
import type { Runtime } from '#local/runtime';
import { listMails, readMail } from '#local/web/mail-folder';
import { rollbackExecutionOf } from '#local/workflows';
import { answerMails } from '#test/support/answer-mails';
import { optionsFor, type Sandbox, withRuntime, withSandbox } from '#test/support/local-run';
import { boxOf, statesOf } from '#test/support/run-outcome';

const migration = '001_create_jobs.sql';
const target = { branchId: 'target' } as const;

/** 8: three more than the alarm bears. */
const waiters = 8;

/** Real load on the target: one session holds a lock, the others queue behind it. Returns how to let go. */
const queueBehindOneLock = async ({ target: { platform } }: Runtime): Promise<() => Promise<void>> => {
  const { host, port, user, password, database } = await platform.connection(target);
  const sessions = Array.from({ length: waiters + 1 }, () => new pg.Client({ host, port, user, password, database }));
  for (const session of sessions) {
    session.on('error', () => undefined);
    await session.connect();
  }
  const [holder, ...others] = sessions;
  await holder?.query('SELECT pg_advisory_lock(16)');
  const waiting = others.map((session) => session.query('SELECT pg_advisory_xact_lock(16)'));
  return async () => {
    await holder?.query('SELECT pg_advisory_unlock(16)');
    await Promise.all(waiting);
    await Promise.all(sessions.map((session) => session.end()));
  };
};

const json = async <T>({ ports }: Runtime, key: string) =>
  JSON.parse((await ports.store.read(key))?.toString('utf8') ?? 'null') as T;

const incidentsOf = async ({ project }: Sandbox) => {
  const folder = path.join(project, 'ops/postmortems');
  return Promise.all((await readdir(folder)).map((file) => readFile(path.join(folder, file), 'utf8')));
};

test('real load over a threshold is rolled back by one approval, and the catalog is as before', async () => {
  await withSandbox(async (sandbox) => {
    const called: string[] = [];
    let release: () => Promise<void> = async () => undefined;
    const intercept = async (functionName: string, call: () => Promise<unknown>) => {
      called.push(functionName);
      const result = await call();
      // The window is open: from here on the application is in trouble.
      if (functionName === 'Monitor') release = await queueBehindOneLock(runtime as Runtime);
      return result;
    };
    let runtime: Runtime | null = null;
    // A look every second.
    const options = optionsFor(sandbox, '--monitor', '20s');
    await withRuntime(sandbox, { options, intercept, answering: false }, async (opened) => {
      runtime = opened;
      const before = fingerprintOf(await opened.ports.database.readCatalog(target));

      const pages: Record<string, string> = {};
      const stop = answerMails(opened, (stage, page) => {
        pages[stage] = page;
        return 'approved';
      });
      const end = await startRun(opened, migration);
      stop();
      await release();

      const evidence = await json<EvidenceDocument>(opened, `runs/${end.runId}/16-monitor.json`);
      const report = await json<Report>(opened, `runs/${end.runId}/report.json`);
      const [entry] = await opened.ports.database.readLedger(target);
      const history = await opened.engine.history(end.executionArn);
      const entered = history.map(({ details }) => String(details?.['name'] ?? ''));
      expect(end.isSignedOff).toBe(false);
      expect(end.error).toBe('MonitoringAlarm');
      expect(called).toContain('OnAlarm');
      const rollbackRun = rollbackRunOf(end.runId);
      const ofRollback = await statesOf(opened, { executionArn: rollbackExecutionOf(rollbackRun) });
      expect(entered).toEqual(expect.arrayContaining(['Ask for the rollback', 'Establish rollback', 'Close run']));
      // The run of the rollback has written it.
      expect(entered).not.toContain('Report incident');
      expect(ofRollback).toEqual([
        'Open rollback',
        'Rehearse on now',
        'Step 5: Back up database',
        'Find blockers',
        'Approve rollback',
        'Rollback approved?',
        'Roll back',
        'Verify rollback',
        'Report incident',
        'Close run',
        'Was it taken back?',
        'Rolled back',
      ]);
      expect(pages['rollback']).toContain('Step 16: Monitor failed: MonitoringAlarm');
      // Told at once, each person once, before rehearsal, backup and question.
      const mails = await Promise.all(
        (await listMails(opened.mailDirectory)).map((file) => readMail(opened.mailDirectory, file)),
      );
      const notices = mails.filter((mail) => mail?.mail.subject.includes('is in trouble on staging'));
      expect(notices).toHaveLength(opened.ports.settings.approvers.rollback.length);
      for (const notice of notices) {
        expect(notice?.mail.text).toContain('Sessions wait for locks: Threshold Crossed');
        expect(notice?.mail.text).toContain(`${migration} is committed and stands`);
        expect(notice?.mail.text).toContain('docs/operations.md#sessions-wait-for-locks');
        expect(notice?.mail.text).not.toMatch(/\/approvals\/|^Code:/m);
      }
      const { startedAt } = await json<EvidenceDocument>(opened, `runs/${rollbackRun}/rehearse-rollback.json`);
      const opening = await json<EvidenceDocument>(opened, `runs/${rollbackRun}/open-rollback.json`);
      expect(opening.finishedAt <= startedAt).toBe(true);
      expect(opening.facts['notice']).toMatchObject({ mails: [{ isDelivered: true }] });
      expect(pages['rollback']).toContain('2 out of the last 3 datapoints [8, 8]');
      expect(pages['rollback']).toContain(`It failed in run <code>${end.runId}</code>`);
      expect(evidence.facts).toMatchObject({
        outcome: 'alarm',
        alarms: { raised: [{ id: 'sessions-wait-for-locks', wasUpBefore: false }], unjudged: [] },
        summary: { mostLockWaits: waiters },
      });
      expect(evidence.boxes).toContainEqual(expect.objectContaining({ box: '16.1', answer: 'failed' }));
      expect(fingerprintOf(await opened.ports.database.readCatalog(target))).toBe(before);
      expect(entry?.rolledBackAt).not.toBeNull();
      expect(report).toMatchObject({ outcome: 'failed', signOff: { rolledBackAt: entry?.rolledBackAt } });
      expect(report.boxes).toHaveLength(61);
      for (const runId of [end.runId, rollbackRun])
        expect((await verifyEvidence(opened.ports.store, runId, null)).problems).toEqual([]);
      // What it says of the other run is held against that run's own documents.
      const key = `runs/${end.runId}/establish-rollback.json`;
      const said = await json<EvidenceDocument>(opened, key);
      const { rollbackRun: became } = said.facts as { rollbackRun: RollbackOfRun };
      const saying = (differing: Partial<RollbackOfRun>) => ({
        ref: { key, sha256: '' },
        document: { ...said, facts: { ...said.facts, rollbackRun: { ...became, ...differing } } },
      });
      const verify = (one: StoredEvidence) => verifyRollbackOfRun(opened.ports.store, [one]);
      expect(became).toMatchObject({ runId: rollbackRun, outcome: 'rolled back' });
      expect(await verify(saying({}))).toEqual([]);
      for (const differing of [{ takenBack: null }, { remaining: ['a view'] }, { outcome: 'failed' }] as const)
        expect(await verify(saying(differing))).toEqual([expect.stringContaining(`${key} says of run ${rollbackRun}`)]);
      expect(boxOf(report, '8.2')?.reason).toMatch(
        /committed on .*; its rollback was asked for in run .*: it was rolled back on .*; the catalog after the rollback equals the catalog before the migration, exactly$/,
      );
      const [incident, ...others] = await incidentsOf(sandbox);
      expect(others).toEqual([]);
      expect(incident).toContain(
        'Sessions wait for locks: Threshold Crossed: 2 out of the last 3 datapoints \\[8, 8\\]',
      );
      expect(incident).toContain('**Rollback**: rolled back');
      expect(incident).toMatch(/was applied, run [\s\S]*\| alarm: Sessions wait for locks[\s\S]*it was rolled back/);
      expect(incident).toMatch(
        /\| Sessions that wait for a lock, beyond those of before \| more than \d+ in 2 of 3 looks \|/,
      );
      expect(incident).toContain('has the next free version');
      const { documents } = opened.ports;
      // What Step 14 had written before the alarm is not the last word.
      expect(await documents.read('docs/decisions.md')).toMatch(/applied as[\s\S]*: rolled back\n/);
      expect(await documents.read('docs/schema.md')).toContain('Schema before the first version: 0 tables.');
    });
  });
});
