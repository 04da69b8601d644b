/** `kill -9` while an index is built CONCURRENTLY on the target: the next start finds out what became of it and goes on. */
import { execFile } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { LedgerEntry } from '#domain/ledger/ledger';
import type { RunEnd } from '#local/runs';
import { listMails } from '#local/web/mail-folder';
import { withSandbox } from '#test/support/local-run';

const run = promisify(execFile);
const child = path.resolve(__dirname, '../support/crash-child.ts');

const migration = `-- Purpose: carts
-- What is bought.
CREATE TABLE carts (cart_id bigint GENERATED ALWAYS AS IDENTITY, buyer text);
-- Whose is it?
CREATE INDEX CONCURRENTLY carts_buyer_idx ON carts (buyer);
-- In words.
COMMENT ON TABLE carts IS 'carts';
-- ROLLBACK
--   DROP TABLE carts;
`;

const startChild = (args: readonly string[]) =>
  run(process.execPath, ['--import', 'tsx', child, ...args], { timeout: 120_000 }).then(
    ({ stdout }) => ({ signal: null, stdout, stderr: '' }),
    ({ signal, stdout, stderr }: { signal: string | null; stdout: string; stderr: string }) => ({
      signal,
      stdout,
      stderr,
    }),
  );

test('killed in the middle of a unit outside a transaction: the next start finishes the run', () =>
  withSandbox(async ({ directory, project, stateDirectory }) => {
    const migrations = path.join(project, 'migrations');
    for (const name of ['001_create_jobs', '002_create_core_schema'])
      for (const ending of ['.sql', '.checks.sql']) rmSync(path.join(migrations, `${name}${ending}`), { force: true });
    writeFileSync(path.join(migrations, '001_carts.sql'), migration);
    const callLog = path.join(directory, 'calls');
    const args = [migrations, stateDirectory, callLog];

    const killed = await startChild([...args, 'inside:ApplyMigration']);
    const finished = await startChild(args);

    expect(killed.signal).toBe('SIGKILL');
    expect(finished).toMatchObject({ signal: null, stderr: '' });
    const { ends, ledger } = JSON.parse(finished.stdout) as { ends: RunEnd[]; ledger: LedgerEntry[] };
    expect(ends).toEqual([expect.objectContaining({ isSignedOff: true })]);
    expect(ledger).toEqual([expect.objectContaining({ version: '001', rolledBackAt: null })]);
    const calls = readFileSync(callLog, 'utf8').trim().split('\n');
    expect(calls.filter((call) => call === 'begin ApplyMigration')).toHaveLength(2);
    expect(calls.filter((call) => call === 'end ApplyMigration')).toHaveLength(1);
    // Nobody was asked twice: two approvals, and to the team that it was applied and signed off.
    expect(await listMails(path.join(stateDirectory, 'mail'))).toHaveLength(4);
  }));
