/** `npm start`: the whole checklist on this machine. */
import '#command-line/require-node';
import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { createFolderMigrationSource } from '#adapters/folder/folder-migration-source';
import { readStatisticsFile } from '#adapters/folder/statistics-file';
import { indentRest, runCommand, say } from '#command-line/command';
import { exitCodes, UsageError } from '#command-line/exit-codes';
import { count } from '#domain/count';
import { rollbackRunOf } from '#domain/ledger/rollback-pin';
import { terminalLine } from '#domain/text/lines';
import type { RunOptions } from '#local/run-options';
import type { Runtime } from '#local/runtime';
import { stateDirectoryOf, storeIn } from '#local/state-directory';
import { helpText, parseOptions } from './options';
import { stopOnInterrupt, withRunning } from './with-running';

// The reader of our output may stop reading, as head does; the run continues.
process.stdout.on('error', () => undefined);

/** Tried before anything starts, so that an unwritable report folder does not show only after the apply. */
const requireFolder = async (out: string) => {
  try {
    await mkdir(out, { recursive: true });
    await access(out, constants.W_OK);
  } catch (cause) {
    throw new UsageError(
      `the reports cannot be written to ${out} (${(cause as NodeJS.ErrnoException).code}); name another folder with --out`,
      { cause },
    );
  }
};

/** A file that cannot be used would otherwise stop the run at its review. Errors: InvalidInput. */
const requireStatistics = ({ migrations, statistics }: RunOptions) =>
  readStatisticsFile(path.resolve(migrations), statistics);

/** Verified before anything starts. Errors: UsageError, InvalidInput. */
const requireMigration = async ({ migration, migrations, form }: RunOptions) => {
  const source = createFolderMigrationSource(path.resolve(migrations), form);
  const others = await source.readOthers();
  const available = await source.list();
  if (others) {
    say(terminalLine`  form:   ${others.formName}, ${count(others.migrations.length, 'migration')}`);
    for (const note of others.notes) say(indentRest(terminalLine`  note:   ${note}`));
  }
  // A mistyped folder must not look like one whose migrations are all applied.
  if (available.length === 0)
    throw new UsageError(`there is no migration in ${migrations}; name the folder with --migrations`);
  if (migration !== null && !available.includes(migration))
    throw new UsageError(`there is no migration "${migration}" in ${migrations}; there are: ${available.join(', ')}`);
};

const work = async (options: RunOptions, stateDirectory: string, runtime: Runtime): Promise<number> => {
  const {
    closeEditedRuns,
    copyReports,
    finishRun,
    lineEndNotes,
    notWell,
    pendingMigrations,
    startRun,
    unfinishedRuns,
  } = await import('#local/runs');
  const { describeEnd } = await import('./progress');
  const out = path.resolve(options.out);
  const store = path.relative('', storeIn(stateDirectory));
  const show = async (end: Awaited<ReturnType<typeof startRun>>) => {
    say(describeEnd(end, await copyReports(runtime, end.runId, out), { out, store }));
    const rollbackRun = rollbackRunOf(end.runId);
    if (await copyReports(runtime, rollbackRun, out)) {
      say(`  report of its rollback: ${path.join(out, rollbackRun, 'report.html')}`);
      say(`  verify: npm run verify-evidence -- ${rollbackRun} --store ${store}`);
    }
    return end.isSignedOff;
  };
  for (const closed of await closeEditedRuns(runtime)) say(indentRest(closed));
  const unfinished = await unfinishedRuns(runtime);
  for (const { executionArn, name } of unfinished) {
    say(`${name}: continues where it stopped, see ${runtime.ports.settings.pageBaseUrl}/runs/${name}`);
    if (!(await show(await finishRun(runtime, executionArn, name)))) return exitCodes.failed;
  }
  const pending = await pendingMigrations(runtime, options.migration);
  for (const note of await lineEndNotes(runtime)) say(indentRest(note));
  for (const migration of pending) {
    say(migration);
    if (!(await show(await startRun(runtime, migration)))) return exitCodes.failed;
  }
  // The state counts, not what this process did: a second start must not turn red into green.
  const standing = await notWell(runtime);
  for (const sentence of standing) say(indentRest(`✗ ${sentence}`));
  if (pending.length + unfinished.length + standing.length === 0) say('Nothing to do: every migration is applied.');
  return standing.length > 0 ? exitCodes.failed : exitCodes.done;
};

/** Rollbacks that were asked for on the pages meanwhile: people have a question that this process answers. */
const finishAsked = async (runtime: Runtime): Promise<void> => {
  const { finishRollback, unfinishedRollbacks } = await import('#local/rollbacks');
  for (const { executionArn, name } of await unfinishedRollbacks(runtime)) {
    say(`${name}: a rollback that was asked for goes on, see ${runtime.ports.settings.pageBaseUrl}/runs/${name}`);
    const { isTakenBack, message } = await finishRollback(runtime, executionArn);
    say(indentRest(`${isTakenBack ? '✓' : '✗'} ${message}`));
  }
};

const main = async (): Promise<number> => {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) {
    say(helpText);
    return exitCodes.done;
  }
  say(`migration-checklist: ${options.migration ?? 'every pending migration'} in ${options.migrations}`);
  await requireMigration(options);
  await requireStatistics(options);
  await requireFolder(path.resolve(options.out));
  return withRunning(options, async (runtime) => {
    const code = await work(options, stateDirectoryOf(options), runtime);
    await finishAsked(runtime);
    return code;
  });
};

stopOnInterrupt();

runCommand(main);
