/** Starts the runs that the command line asks for, one after the other, and waits for each one's end. */
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { MigrationRefused } from '#domain/errors';
import { orderMigrations, refuseUnlessNext } from '#domain/ledger/order-migrations';
import { describeVersion, notWellIn } from '#domain/ledger/unresolved';
import { sameTextHashes } from '#domain/migration/same-text';
import { messageOf } from '#domain/reports/closing';
import { outcomeInWords } from '#domain/reports/exceptions';
import type { Report } from '#domain/reports/report';
import { sha256Of } from '#domain/sha256';
import { pinnedKeys, reportKeys } from '#lambdas/record/keys';
import { hashMigrations } from '#lambdas/record/pinned-migration';
import type { RunPin, SignOff } from '#statemachine/contract';
import type { Runtime } from './runtime';

export type RunEnd = {
  readonly migration: string;
  readonly runId: string;
  readonly executionArn: string;
  readonly isSignedOff: boolean;
  /** The error's name as the workflow has it; null when signed off. */
  readonly error: string | null;
  /** What was accepted although it failed or is open: the first of them, and how many more there are. */
  readonly exceptions: readonly string[];
  /** The sign-off's own hash, which nothing in the store can prove; null when there is none. */
  readonly signOffSha256: string | null;
  /** For a person: it has no name of an error. */
  readonly message: string;
};

/**
 * Two starts within a second must not share lease, branch and rehearsal, so the id ends with 32 random bits. 80 letters are the
 * longest name of an execution.
 */
export const nameRun = (migration: string, now: Date): string => {
  const stem = migration.replace(/\.sql$/, '').replaceAll(/[^A-Za-z0-9-]+/g, '-');
  return `${stem.slice(0, 54)}-${now.toISOString().replaceAll(/[-:]|\.\d+/g, '')}-${randomBytes(4).toString('hex')}`;
};

/** Copies the reports out of the store. A missing report (the run was refused before it began) is no error. */
export const copyReports = async ({ ports }: Runtime, runId: string, out: string): Promise<Report | null> => {
  const keys = reportKeys(runId);
  const json = await ports.store.read(keys.json);
  if (!json) return null;
  const folder = path.join(out, runId);
  await mkdir(folder, { recursive: true });
  for (const key of [keys.html, keys.markdown, keys.json])
    await writeFile(path.join(folder, path.basename(key)), (await ports.store.read(key)) ?? '');
  return JSON.parse(json.toString('utf8')) as Report;
};

/** Waits for an execution's end and says how it ended. */
export const finishRun = async (runtime: Runtime, executionArn: string, migration: string): Promise<RunEnd> => {
  const { name, status, error, cause, output } = await runtime.engine.waitFor(executionArn);
  // A run whose last state failed is closed behind it: branch, lease and report belong to its end.
  await runtime.settled();
  const isSignedOff = status === 'SUCCEEDED';
  const signOff = isSignedOff ? (output as SignOff) : null;
  const message = signOff
    ? outcomeInWords(signOff.outcome ?? 'signed off')
    : messageOf(cause ?? '') || `it ended with ${error ?? status}`;
  return {
    migration,
    runId: name,
    executionArn,
    isSignedOff,
    message,
    error: isSignedOff ? null : (error ?? status),
    signOffSha256: signOff?.sha256 ?? null,
    exceptions: signOff?.exceptions ?? [],
  };
};

export const startRun = async (runtime: Runtime, migration: string): Promise<RunEnd> => {
  const { executionArn } = await runtime.engine.startExecution({
    name: nameRun(migration, runtime.ports.clock.now()),
    input: { migration, startedBy: runtime.startedBy, author: runtime.author, pullRequest: runtime.pullRequest },
  });
  return finishRun(runtime, executionArn, migration);
};

/** Executions that an earlier process left unfinished; the engine has resumed them when it opened. */
export const unfinishedRuns = async ({ engine }: Runtime) =>
  (await engine.listExecutions({ status: 'RUNNING' }))
    .filter(({ stateMachineArn }) => stateMachineArn === engine.stateMachineArn)
    .map(({ executionArn, name }) => ({ executionArn, name }));

const readFiles = ({ ports }: Runtime) => hashMigrations(ports.migrations);

/** Sentences about files that differ from what was applied in nothing but line ends. */
export const lineEndNotes = async (runtime: Runtime): Promise<readonly string[]> =>
  orderMigrations(await readFiles(runtime), await runtime.ports.database.readLedger({ branchId: 'target' })).notes;

/** The migrations to run now, in order; empty when there is nothing to do. Errors: MigrationRefused, InvalidInput. */
export const pendingMigrations = async (runtime: Runtime, wanted: string | null): Promise<readonly string[]> => {
  const { ports } = runtime;
  const files = await readFiles(runtime);
  const ledger = await ports.database.readLedger({ branchId: 'target' });
  const { pending, refusals } = orderMigrations(files, ledger);
  if (refusals.length > 0) throw new MigrationRefused(refusals.map(({ message }) => message).join('\n  '));
  if (wanted === null) return pending;
  if (ledger.some(({ migration, rolledBackAt }) => migration === wanted && rolledBackAt === null)) return [];
  refuseUnlessNext(files, ledger, wanted);
  return [wanted];
};

/** Line ends apart: git may have changed them under the run's feet, and the run keeps the bytes that it pinned. */
const isAsPinned = async ({ ports }: Runtime, pin: RunPin): Promise<boolean> => {
  const bytes = await ports.migrations.read(pin.migration);
  return bytes !== null && (sha256Of(bytes) === pin.sha256 || sameTextHashes(bytes).includes(pin.sha256));
};

/**
 * Closes unfinished runs whose file was edited or removed since it was pinned, unless they are applied already, even in part: a
 * person who stops a run to correct its migration wants the corrected one. Returns one line for each.
 */
export const closeEditedRuns = async (runtime: Runtime): Promise<readonly string[]> => {
  const { ports } = runtime;
  const closed: string[] = [];
  for (const { executionArn, name } of await unfinishedRuns(runtime)) {
    const stored = await ports.store.read(pinnedKeys(name).run);
    if (!stored) continue;
    const pin = JSON.parse(stored.toString('utf8')) as RunPin;
    if (await isAsPinned(runtime, pin)) continue;
    // The engine has resumed the run already, perhaps at Step 8: without its lease it applies nothing any more.
    const { entry, progress } = await ports.database.establishOutcome(
      { branchId: 'target' },
      pin,
      'where nothing stands',
    );
    if (entry || progress) continue;
    await runtime.stopRun(executionArn, `${pin.migration} was edited or removed after the run had pinned it`);
    closed.push(`${name}: closed, because ${pin.migration} was edited or removed since; nothing of it was applied`);
  }
  return closed;
};

/**
 * Versions of the folder that are neither signed off nor settled, a sentence each: while there is one, a start ends with 1, whatever
 * it had to do itself.
 */
export const notWell = async ({ ports }: Runtime): Promise<readonly string[]> =>
  notWellIn(await ports.database.readLedger({ branchId: 'target' }), await ports.migrations.list()).map(
    describeVersion,
  );
