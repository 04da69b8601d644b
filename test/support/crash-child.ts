/**
 * Takes one migration through the local runtime and kills itself, without a chance to tidy up, at the named moment:
 * `before:DryRun` or `after:DryRun`, or `inside:ApplyMigration`, when a statement there waits for an older transaction.
 * Without a moment it goes on to the end. Every call of a handler is written down.
 */
import { appendFileSync } from 'node:fs';
import pg from 'pg';
import { startAutoApprover } from '#commands/run/auto-approver';
import { parseOptions } from '#commands/run/options';
import { finishRun, pendingMigrations, startRun, unfinishedRuns } from '#local/runs';
import { openRuntime, type Runtime } from '#local/runtime';

const [migrations = '', stateDirectory = '', callLog = '', moment = ''] = process.argv.slice(2);

const write = (line: string) => appendFileSync(callLog, `${line}\n`);

const dieAt = (reached: string) => {
  if (reached === moment) process.kill(process.pid, 'SIGKILL');
};

/** A statement that is CONCURRENTLY waits for the older transaction that this holds; then the process is gone. */
const dieWhileItWaits = async ({ ports }: Runtime) => {
  const { host, port, user, password, database } = await ports.platform.connection({ branchId: 'target' });
  const settings = { host, port, user, password, database };
  const [older, witness] = [new pg.Client(settings), new pg.Client(settings)];
  await Promise.all([older.connect(), witness.connect()]);
  await older.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM pg_class');
  return async () => {
    const waiting = "SELECT FROM pg_locks WHERE locktype = 'virtualxid' AND NOT granted";
    while ((await witness.query(waiting)).rows.length === 0);
    process.kill(process.pid, 'SIGKILL');
  };
};

const main = async () => {
  const runtime: Runtime = await openRuntime({
    options: parseOptions(['--migrations', migrations, '--monitor', '1s', '--port', '0']),
    stateDirectory,
    onEvent: () => undefined,
    onWarning: (text) => process.stderr.write(`${text}\n`),
    intercept: async (functionName, call) => {
      write(`begin ${functionName}`);
      dieAt(`before:${functionName}`);
      if (moment === `inside:${functionName}`) void (await dieWhileItWaits(runtime))();
      const result = await call();
      write(`end ${functionName}`);
      dieAt(`after:${functionName}`);
      return result;
    },
  });
  const { mailDirectory, ports } = runtime;
  const approver = startAutoApprover({ mailDirectory, log: () => undefined, pageBaseUrl: ports.settings.pageBaseUrl });
  const ends = [];
  for (const { executionArn, name } of await unfinishedRuns(runtime))
    ends.push(await finishRun(runtime, executionArn, name));
  for (const migration of await pendingMigrations(runtime, null)) ends.push(await startRun(runtime, migration));
  const ledger = await ports.database.readLedger({ branchId: 'target' });
  await approver.stop();
  await runtime.close();
  process.stdout.write(JSON.stringify({ ends, ledger }));
};

main().catch((error: Error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
});
