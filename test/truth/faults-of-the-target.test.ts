/** What is wrong with the target itself is told before a person is asked, as the target's, with what mends it. */
import { execFile } from 'node:child_process';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '#domain/reports/closing';
import { startRun } from '#local/runs';
import { readEvidence } from '#test/support/evidence-of-run';
import { projectRoot } from '#test/support/project-root';
import { boxOf } from '#test/support/run-outcome';
import { type TruthCase, withCase } from '#test/support/truth-case';

/** How a run ended that was refused before anybody was asked. */
const refusedRun = async (truthCase: TruthCase) => {
  const { ends } = await truthCase.run();
  const mails = await readdir(path.join(truthCase.directory, 'state', 'mail')).catch(() => []);
  return { error: ends[0]?.error, message: ends[0]?.message ?? '', mails };
};

test('a CHECK over a function without search_path is told before the first mail, and what is proposed mends it', () =>
  withCase('6-check-function-without-search-path', {}, async (truthCase) => {
    const refused = await refusedRun(truthCase);

    expect(refused.error).toBe('TargetCannotBeCopied');
    expect(refused.message).toMatch(/constraint team_members_fit of table public\.team/);
    expect(refused.message).toMatch(/relation "plan" does not exist/);
    expect(refused.message).toMatch(/the target is at fault, not this migration/);
    expect(refused.mails).toEqual([]);
    const [, remedy = ''] =
      /remedy: (ALTER FUNCTION public\.seats_of\(character varying\) SET search_path = public)\./.exec(
        refused.message,
      ) ?? [];

    await truthCase.owner(remedy);
    const { ends, report } = await truthCase.run();

    expect(ends).toMatchObject([{ isSignedOff: true }]);
    expect(boxOf(report, '5.2')).toMatchObject({ answer: 'proved' });
  }));

test('who blocks a run is named after the first try, also when it is a prepared transaction that nobody is connected to', () =>
  withCase('8-orphaned-prepared-transaction', {}, async (truthCase) => {
    await truthCase.withRuntime(async (runtime) => {
      await truthCase.owner(
        "BEGIN; ALTER TABLE zeta ADD COLUMN forgotten int; PREPARE TRANSACTION 'orphan-from-worker-3'",
      );
      const retried = new Promise<string>((resolve) => {
        runtime.engine.subscribe(({ kind, cause }) => {
          if (kind === 'TaskRetried') resolve(cause ?? '');
        });
      });
      const running = startRun(runtime, '001_zeta_note.sql');

      const [, remedy = ''] =
        /^.*blocked by prepared transaction 'orphan-from-worker-3', role shop_owner_\w+, database shop_\w+, prepared since 20.*(ROLLBACK PREPARED 'orphan-from-worker-3')/.exec(
          messageOf(await retried),
        ) ?? [];
      await truthCase.owner(remedy);

      expect(remedy).not.toBe('');
      expect(await running).toMatchObject({ isSignedOff: true });
    });
  }));

test('what a migration leaves and nobody can restore fails box 6.3 of that migration, and the others of Step 6 are answered', () =>
  withCase('12-line-ends-only', {}, async (truthCase) => {
    await truthCase.owner(
      "CREATE TABLE plan (code text, seats int); INSERT INTO plan VALUES ('free', 3); CREATE TABLE team (p text); INSERT INTO team VALUES ('free')",
    );
    await rm(truthCase.migrations, { recursive: true });
    await truthCase.migration('001_seats.sql', {
      up: `CREATE FUNCTION seats_of(c text) RETURNS int LANGUAGE sql STABLE AS 'SELECT seats FROM plan WHERE code = c';
ALTER TABLE team ADD CONSTRAINT fit CHECK (seats_of(p) > 0);`,
      down: 'ALTER TABLE team DROP CONSTRAINT fit;\nDROP FUNCTION seats_of(text);',
    });

    const { ends, report } = await truthCase.run();

    expect(ends).toMatchObject([{ isSignedOff: false, error: 'VerificationFailed' }]);
    expect(boxOf(report, '6.3')).toMatchObject({
      answer: 'failed',
      reason: expect.stringMatching(
        /constraint fit of table public\.team.*ALTER FUNCTION public\.seats_of\(text\) SET search_path = public/,
      ),
    });
    expect(boxOf(report, '6.1')).toMatchObject({ answer: 'proved' });
    expect(boxOf(report, '6.2')).toMatchObject({ answer: 'proved' });
  }));

test("a prepared transaction that is in nobody's way is noted in Step 4, with the command that ends it", () =>
  withCase('8-orphaned-prepared-transaction', {}, async (truthCase) => {
    await truthCase.withRuntime(async (runtime) => {
      await truthCase.owner("BEGIN; INSERT INTO stock VALUES (2, 1); PREPARE TRANSACTION 'quiet one'");
      const end = await startRun(runtime, '001_zeta_note.sql');
      await truthCase.owner("ROLLBACK PREPARED 'quiet one'");

      expect(end).toMatchObject({ isSignedOff: true });
      const documents = await readEvidence(runtime.ports.store, end.runId);
      const { findings } = documents.find(({ name }) => name === '04-environment-check') ?? { findings: [] };
      expect(findings).toEqual([
        expect.objectContaining({
          rule: 'prepared-transaction',
          message: expect.stringMatching(/'quiet one', role shop_owner_.*ROLLBACK PREPARED 'quiet one'\. .*VACUUM/),
        }),
      ]);
    });
  }));

test('mark-staging names what every run would fail on, and ends with 1', () =>
  withCase('6-check-function-without-search-path', {}, async ({ url, owner }) => {
    const mark = () =>
      new Promise<{ readonly code: number | null; readonly stdout: string }>((resolve) => {
        execFile(
          process.execPath,
          ['--import', 'tsx', 'commands/mark-staging/command.ts', '--database-url', url, '--by', 'ada@example.org'],
          { cwd: projectRoot },
          (error, stdout) => resolve({ code: error ? Number(error.code) : 0, stdout }),
        );
      });

    const faulty = await mark();
    await owner('ALTER FUNCTION public.seats_of(character varying) SET search_path = public');
    const mended = await mark();

    expect(faulty.code).toBe(1);
    expect(faulty.stdout).toMatch(
      /✓ database .* marked as staging[\s\S]*✗ constraint team_members_fit of table public\.team.*\n {2}remedy: ALTER FUNCTION public\.seats_of/,
    );
    expect(mended).toMatchObject({ code: 0, stdout: expect.stringContaining('was copied and restored') });
  }));
