/** The drill: walked to its end by the command as it is typed, and not walked when somebody rejects. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { startAutoApprover } from '#commands/run/auto-approver';
import { type DrillStage, drillMigration, drillStages, walkDrill } from '#local/drill';
import { answerMails } from '#test/support/answer-mails';
import { optionsFor, type Sandbox, withRuntime, withSandbox } from '#test/support/local-run';
import { projectRoot } from '#test/support/project-root';
import { onTarget } from '#test/support/run-outcome';

const drill = ({ project }: Sandbox, ...args: readonly string[]) =>
  new Promise<{ readonly code: number; readonly output: string }>((resolve) => {
    const tsx = pathToFileURL(require.resolve('tsx')).href;
    const all = ['--import', tsx, path.join(projectRoot, 'commands/run/drill-command.ts'), '--port', '0', ...args];
    execFile(process.execPath, all, { cwd: project, timeout: 300_000 }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code ?? 99) : 0, output: stdout + stderr }),
    );
  });

test(
  'it is walked from the alarm to the incident report, and leaves what it found and nothing else',
  () =>
    withSandbox(async (sandbox) => {
      const { code, output } = await drill(sandbox, '--yes', '--out', 'drills');
      const [folder = ''] = readdirSync(path.join(sandbox.project, 'drills'));
      const left = path.join(sandbox.project, 'drills', folder);
      const [incident = ''] = readdirSync(path.join(left, 'ops/postmortems'));
      const runs = readdirSync(left).filter((name) => existsSync(path.join(left, name, 'report.json')));

      expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining('no target is touched') });
      const told = drillStages.map((what) => output.indexOf(what));
      expect(told).toEqual([...told].sort((a, b) => a - b));
      expect(told).not.toContain(-1);
      const times = readFileSync(path.join(left, 'times.md'), 'utf8');
      for (const what of drillStages) expect(times).toContain(`| ${what} |`);
      expect(runs.map((name) => name.startsWith('rollback-'))).toEqual(expect.arrayContaining([true, false]));
      expect(readFileSync(path.join(left, 'ops/postmortems', incident), 'utf8')).toMatch(
        /Sessions wait for locks.*\*\*Rollback\*\*: rolled back/s,
      );
      // The server of the drill is gone, and the project's own state was not begun.
      expect(readdirSync(path.join(sandbox.project, '.local'))).toEqual(['projects']);
      expect(readdirSync(path.join(sandbox.project, '.local/projects'))).toEqual([]);
    }),
  400_000,
);

test(
  'whoever rejects has not walked it, and the stage at which it ended is known',
  () =>
    withSandbox(async (sandbox) => {
      const migrations = path.join(sandbox.directory, 'drill', 'migrations');
      await mkdir(migrations, { recursive: true });
      await writeFile(path.join(migrations, drillMigration.fileName), drillMigration.text);
      const options = { ...optionsFor(sandbox, '--monitor', '60s'), migrations };
      await withRuntime(sandbox, { options, answering: false }, async (runtime) => {
        const { mailDirectory } = runtime;
        const leaves = (subject: string) => /rollback/i.test(subject);
        const others = startAutoApprover({ mailDirectory, log: () => undefined, leaves });
        const stop = answerMails(runtime, (stage) => (stage === 'rollback' ? 'rejected' : 'leave'));
        const stages: DrillStage[] = [];
        const walked = await walkDrill(
          runtime,
          (stage) => stages.push(stage),
          () => undefined,
        );
        stop();
        await others.stop();

        expect(walked.isWalked).toBe(false);
        expect(walked.end.message).toContain('approver@localhost rejected the rollback (rejected by the test)');
        expect(stages.map(({ what }) => what)).toEqual(drillStages.slice(0, 7));
        expect(await onTarget(runtime, 'SELECT count(*)::int4 AS rows FROM drill_walks')).toEqual([{ rows: 0 }]);
        // Whoever queued for the drill is gone.
        expect(
          await onTarget(
            runtime,
            "SELECT count(*)::int4 AS rows FROM pg_stat_activity WHERE application_name = 'drill'",
          ),
        ).toEqual([{ rows: 0 }]);
      });
    }),
  400_000,
);
