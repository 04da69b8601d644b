/** Finds out what stands and what was applied after it, and pins the files that were applied: nothing after this asks the folder again. */
import { usedVersions } from '#domain/boxes/around-rollback';
import { openRollback } from '#domain/boxes/rollback-run';
import { requireStaging } from '#domain/environment/doubts';
import { MigrationRefused } from '#domain/errors';
import { placeOfWayBack } from '#domain/folders/way-back-place';
import type { LedgerEntry } from '#domain/ledger/ledger';
import { versionsToTakeBack } from '#domain/ledger/take-back';
import { messageOf } from '#domain/reports/closing';
import { remainingInWords } from '#domain/reports/remaining-ways';
import type { Ports } from '#lambdas/ports/ports';
import { type AppliedFiles, closingOfRun, readAppliedFiles } from '#lambdas/record/applied-files';
import { toJson, writeOnce } from '#lambdas/record/json';
import { pinnedKeys } from '#lambdas/record/keys';
import { hashMigrations } from '#lambdas/record/pinned-migration';
import { evidenceOfRun, savedThen } from '#lambdas/record/saved-then';
import { pinAppliedFiles } from '#lambdas/record/taken-back';
import { withEvidence } from '#lambdas/record/with-evidence';
import { findDoor } from '#lambdas/runs/find-door';
import { ownerOf, releaseEndedLease } from '#lambdas/runs/run-identity';
import type { OpenRunInput, RunPin, TakenBackVersion } from '#statemachine/contract';
import type { OpenRollbackOutput, RollbackInput } from '#statemachine/rollback-contract';
import { parseRollbackInput } from '#statemachine/rollback-input';
import { type Asker, findAsker, refuseBesideOwnRun, requirePeople } from './asker';
import { findingsOfNotice, tellAtOnce } from './tell-at-once';

const target = { branchId: 'target' } as const;

const state = { name: 'open-rollback', title: 'Open rollback', judges: openRollback } as const;

const requireStagingTarget = async ({ platform, database, settings }: Ports) =>
  requireStaging({
    record: await platform.describeTarget(),
    mark: await database.readMark(target),
    expected: settings.expected,
  });

/** A version as far as it is needed to take it back: its row in the ledger, or of one that stands in part what its run has pinned. */
type Applied = Pick<LedgerEntry, 'migration' | 'version' | 'sha256' | 'runId' | 'owner'>;

/** What stands, with what was applied after it where that was asked for. A run that has failed may ask for what stands of it in part. */
const findVersions = async (ports: Ports, request: RollbackInput, { failedRun }: Asker) => {
  const { ledger, others } = await ports.database.readTargetState(target);
  const partial = others.flatMap(({ migration, progress }) => (progress ? [{ ...progress, migration }] : []));
  const progress = failedRun && partial.find(({ runId }) => runId === failedRun.runId);
  if (failedRun && progress)
    return { ledger, entries: [] as readonly LedgerEntry[], applied: [failedRun] as readonly Applied[], progress };
  const entries = versionsToTakeBack({ ledger, partial }, request);
  return { ledger, entries, applied: entries as readonly Applied[], progress: null };
};

/** Errors: MigrationRefused with what remains, before anything is rehearsed that has nothing to run. */
const requireWayBack = async (
  { store }: Pick<Ports, 'store'>,
  { migration: { rollback, ...migration } }: AppliedFiles,
  { runId }: Applied,
) => {
  if (rollback.statements.length > 0) return;
  const saved = savedThen(await evidenceOfRun(store, runId));
  throw new MigrationRefused(
    `${migration.fileName} has no way back, so nothing can be rolled back; it stands as it did. ${placeOfWayBack({ ...migration, rollback })}. ${remainingInWords(saved)}`,
  );
};

const versionOf = async (
  { store }: Pick<Ports, 'store'>,
  entry: Applied,
  { migration, origin }: AppliedFiles,
  door: TakenBackVersion['door'] | null,
  isPartial: boolean,
): Promise<TakenBackVersion> => ({
  migration: entry.migration,
  version: entry.version,
  sha256: entry.sha256,
  rollbackSha256: migration.rollback.sha256,
  runId: entry.runId,
  owner: entry.owner ?? null,
  closing: await closingOfRun(store, entry.runId),
  ...(isPartial && { isPartial }),
  ...(origin && { origin }),
  ...(origin && door && { door }),
});

export const run = async ({ input, execution }: OpenRunInput, ports: Ports): Promise<OpenRollbackOutput> => {
  const { store, database, settings } = ports;
  const request = parseRollbackInput(input);
  const asker = await findAsker(ports, request);
  requirePeople(request, asker, ports);
  await requireStagingTarget(ports);
  const { ledger, entries, applied, progress } = await findVersions(ports, request, asker);
  const owner = await ownerOf(ports, execution);
  await releaseEndedLease(ports, execution.name);
  await refuseBesideOwnRun(ports, entries, asker);
  // The run that has failed hands the target over.
  await database.requireFreeTarget(target, asker.failedRun ?? { runId: execution.name, owner });
  const others = await ports.migrations.readOthers();
  const door = others && (await findDoor(ports, others, ledger));
  const read = await Promise.all(
    applied.map(async (entry) => {
      const files = await readAppliedFiles(ports, others, entry);
      await requireWayBack(ports, files, entry);
      return { entry, files, version: await versionOf(ports, entry, files, door, progress !== null) };
    }),
  );
  const asked = read.at(-1) as (typeof read)[number];
  const { entry, files, version } = asked;
  const pin = {
    runId: execution.name,
    owner,
    migration: entry.migration,
    version: entry.version,
    description: files.migration.description,
    sha256: entry.sha256,
    rollbackSha256: version.rollbackSha256,
    checksSha256: null,
    ...(version.origin && { origin: version.origin }),
    ...(version.door && { door: version.door }),
    target: settings.expected,
    pullRequest: asker.pullRequest,
    startedBy: asker.startedBy,
    author: asker.author,
    startedAt: execution.startedAt,
    approvalTimeoutSeconds: settings.approvalTimeoutSeconds,
    monitorSeconds: settings.monitorSeconds,
    rollback: {
      because: asker.failedRun ? messageOf(asker.failure.cause) : request.because,
      versions: read.map((one) => one.version),
      ...(asker.failedRun && { failedRun: { runId: asker.failedRun.runId, failure: asker.failure } }),
    },
  } satisfies RunPin;
  return withEvidence(ports, state, { run: pin, previous: [] }, async (facts) => {
    for (const one of read) await pinAppliedFiles(store, pin, one.version, one.files);
    await writeOnce(store, pinnedKeys(pin.runId).run, toJson(pin));
    facts.put('run', pin);
    facts.put('execution', execution.id);
    facts.put('entries', entries);
    if (progress) facts.put('progress', progress);
    const standing = ledger.filter((row) => row.rolledBackAt === null && !entries.includes(row));
    facts.put('around', {
      head: standing.at(-1)?.version ?? null,
      used: usedVersions(await hashMigrations(ports.migrations), ledger),
    });
    if (asker.failedRun) {
      const notice = await tellAtOnce(ports, pin, asker.failedRun, asker.failure);
      facts.put('notice', notice);
      facts.find(...findingsOfNotice(notice));
    }
    return { run: pin, failure: asker.failure };
  });
};
