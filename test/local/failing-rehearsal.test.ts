/** A rollback that fails on the copy of now is not tried on the target: whoever asked, or the run that failed, is told what remains. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { verifyEvidence } from '#commands/verify-evidence/verify';
import { rollbackRunOf } from '#domain/ledger/rollback-pin';
import { sha256Of } from '#domain/sha256';
import { startRollback } from '#local/rollbacks';
import { startRun } from '#local/runs';
import type { Runtime } from '#local/runtime';
import { answerMails } from '#test/support/answer-mails';
import { hurriedClock } from '#test/support/hurried-clock';
import { type Sandbox, withRuntime, withSandbox } from '#test/support/local-run';
import { onTarget, rollbackOf, statesOf } from '#test/support/run-outcome';

const migration = '001_add_rank.sql';
const text = `-- Purpose: people are ranked
ALTER TABLE people ADD COLUMN rank integer; -- null: not ranked yet

-- ROLLBACK
--   ALTER TABLE people DROP COLUMN rank;
`;

const arrange = ({ project }: Sandbox) => {
  const folder = path.join(project, 'migrations');
  rmSync(folder, { recursive: true });
  mkdirSync(folder);
  writeFileSync(path.join(folder, migration), text);
};

/** Stands on the column, so that the column cannot be dropped. */
const standOnIt = (runtime: Runtime) =>
  onTarget(runtime, 'CREATE VIEW ranked_people AS SELECT person_id FROM people WHERE rank IS NOT NULL');

const fails = /Rehearse on now: statement 1 \(line 5\): .*cannot drop column rank of table people/;
const remains =
  /What remains: restore what was saved before the apply, on [^:]*:\d\d UTC: npm run restore -- \S+.*; everything that was written since is lost; or .*leave it standing, and put into a new migration the SQL that was written from the schema of before and of now, 2 statements with sha256 [0-9a-f]{64}: on the branch, as it stands now, it gave the schema of before, and took away what others have made since; data of now: (column public\.people\.rank with 2 values is gone|nothing lost) \(DROP VIEW public\.ranked_people; ALTER TABLE public\.people DROP COLUMN rank;\)/;

test('whoever asks is told why it cannot be made, and by which command what was saved comes back', () =>
  withSandbox(async (sandbox) => {
    arrange(sandbox);
    await withRuntime(sandbox, { engineClock: hurriedClock() }, async (runtime) => {
      await onTarget(runtime, 'CREATE TABLE people (person_id bigint PRIMARY KEY)');
      await startRun(runtime, migration);
      await onTarget(runtime, 'INSERT INTO people VALUES (1, 1), (2, 2)');
      await standOnIt(runtime);
      const end = await startRollback(runtime, { migration, because: 'ranks are wrong' });

      expect(end.isTakenBack).toBe(false);
      expect(end.message).toMatch(fails);
      expect(end.message).toMatch(remains);
      expect(await statesOf(runtime, end)).not.toContain('Roll back');
      expect((await verifyEvidence(runtime.ports.store, end.runId, null)).problems).toEqual([]);
    });
  }));

test('a run that has failed says the same, in its end and in the incident report that it writes itself', () =>
  withSandbox(async (sandbox) => {
    arrange(sandbox);
    let runtime: Runtime | null = null;
    const intercept = async (called: string, call: () => Promise<unknown>) => {
      if (called !== 'TestConstraints') return call();
      await standOnIt(runtime as Runtime);
      throw Object.assign(new Error('injected'), { name: 'VerificationFailed' });
    };
    await withRuntime(sandbox, { intercept, engineClock: hurriedClock() }, async (opened) => {
      runtime = opened;
      await onTarget(opened, 'CREATE TABLE people (person_id bigint PRIMARY KEY)');
      const end = await startRun(opened, migration);
      const { states } = await rollbackOf(opened, end);
      const incidents = path.join(sandbox.project, 'ops/postmortems');
      const [incident = '', ...more] = readdirSync(incidents);

      expect(states).toEqual(['Open rollback', 'Rehearse on now', 'Close run', 'Was it taken back?', 'Run failed']);
      expect(end.message).toMatch(fails);
      expect(end.message).toMatch(remains);
      expect(await statesOf(opened, end)).toContain('Report incident');
      expect(more).toEqual([]);
      expect(readFileSync(path.join(incidents, incident), 'utf8')).toContain('npm run restore');
      for (const runId of [end.runId, rollbackRunOf(end.runId)])
        expect((await verifyEvidence(opened.ports.store, runId, null)).problems).toEqual([]);
      expect(await onTarget(opened, 'SELECT run_id FROM migration_checklist.lease')).toEqual([]);
    });
  }));

test('a rollback that leaves another schema is asked for with the SQL that leads back, which was run behind it', () =>
  withSandbox(async (sandbox) => {
    arrange(sandbox);
    await withRuntime(sandbox, { engineClock: hurriedClock(), answering: false }, async (runtime) => {
      const pages: string[] = [];
      const stop = answerMails(runtime, (stage, page) => {
        if (stage === 'rollback') pages.push(page);
        return stage === 'rollback' ? 'rejected' : 'approved';
      });
      await onTarget(runtime, 'CREATE TABLE people (person_id bigint PRIMARY KEY)');
      await startRun(runtime, migration);
      await onTarget(runtime, 'CREATE INDEX by_somebody_else ON people (person_id, rank)');
      await onTarget(runtime, 'CREATE INDEX of_somebody_else ON people (person_id) WHERE person_id > 5');
      const end = await startRollback(runtime, { migration, because: 'ranks are wrong' });
      stop();

      const [page = ''] = pages;
      const document = await runtime.ports.store.read(`runs/${end.runId}/rehearse-rollback.json`);
      const { written } = JSON.parse(document?.toString('utf8') ?? '{}').facts;
      expect(end.isTakenBack).toBe(false);
      expect(written).toMatchObject({
        on: 'what the rollback leaves',
        sql: 'DROP INDEX public.of_somebody_else;\n',
        statements: 1,
        sha256: sha256Of('DROP INDEX public.of_somebody_else;\n'),
        dataLoss: { grade: 'nothing lost' },
      });
      expect(page).toContain('leave it standing, and undo it in a new migration');
      expect(page).toContain(
        'make this rollback all the same, and then put into a new migration the SQL that was written',
      );
      expect(page).toContain('DROP INDEX public.of_somebody_else;');
      expect((await verifyEvidence(runtime.ports.store, end.runId, null)).problems).toEqual([]);
    });
  }));
