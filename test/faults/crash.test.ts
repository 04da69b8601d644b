/** `kill -9` at ten different moments, then the same again: nothing is done twice, nobody is asked twice. */
import { execFile } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { LedgerEntry } from '#domain/ledger/ledger';
import type { RunEnd } from '#local/runs';
import { listMails } from '#local/web/mail-folder';
import { withSandbox } from '#test/support/local-run';

const run = promisify(execFile);
const child = path.resolve(__dirname, '../support/crash-child.ts');

const moments = [
  'after:OpenRun',
  'before:SchemaValidation',
  'after:RequestApproval',
  'after:EnvironmentCheck',
  'before:CreateBranch',
  'after:DryRun',
  'before:BackupDatabase',
  'after:ApplyMigration',
  'after:VerifySchema',
  'after:Monitor',
];

type Ended = {
  readonly code: number;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
};

const startChild = async (args: readonly string[]): Promise<Ended> => {
  try {
    const { stdout, stderr } = await run(process.execPath, ['--import', 'tsx', child, ...args], { timeout: 90_000 });
    return { code: 0, signal: null, stdout, stderr };
  } catch (error) {
    const { code, signal, stdout, stderr } = error as Ended;
    return { code, signal, stdout, stderr };
  }
};

const count = (lines: readonly string[], line: string) => lines.filter((candidate) => candidate === line).length;

test.each(moments)('killed %s: the next start finishes the run', async (moment) => {
  await withSandbox(async ({ directory, project, stateDirectory }) => {
    const migrations = path.join(project, 'migrations');
    for (const name of ['002_create_core_schema.sql', '002_create_core_schema.checks.sql'])
      rmSync(path.join(migrations, name));
    const callLog = path.join(directory, 'calls');
    const args = [migrations, stateDirectory, callLog];

    const killed = await startChild([...args, moment]);
    const callsOfTheFirst = readFileSync(callLog, 'utf8').trim().split('\n');
    const finished = await startChild(args);
    const allCalls = readFileSync(callLog, 'utf8').trim().split('\n');

    expect(killed.signal).toBe('SIGKILL');
    expect(finished).toMatchObject({ code: 0 });
    const { ends, ledger } = JSON.parse(finished.stdout) as { ends: RunEnd[]; ledger: LedgerEntry[] };
    expect(ends).toEqual([expect.objectContaining({ isSignedOff: true })]);
    expect(ledger).toEqual([expect.objectContaining({ version: '001', rolledBackAt: null })]);
    // A handler that had finished is not called again. The last two of the log may have died before their result was written
    // down: two, because states work beside each other.
    const settled = callsOfTheFirst
      .slice(0, -2)
      .filter((line) => line.startsWith('end '))
      .map((line) => line.slice(4))
      // These two are called several times in a good run.
      .filter((name) => name !== 'SampleActivity' && name !== 'RequestApproval');
    for (const name of settled) expect([name, count(allCalls, `begin ${name}`)]).toEqual([name, 1]);
    expect(count(allCalls, 'end ApplyMigration')).toBeLessThanOrEqual(moment.endsWith('ApplyMigration') ? 2 : 1);
    // Two approvals and two messages to the team, applied and signed off: whoever was asked before was not asked again.
    expect(await listMails(path.join(stateDirectory, 'mail'))).toHaveLength(4);
  });
});
