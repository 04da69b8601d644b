/** Finds out what stands and what was applied after it, and pins the files that were applied: nothing after this asks the folder again. */
import { nobodyCanApprove, whyNobodyCan } from '#domain/approvals/person';
import { usedVersions } from '#domain/boxes/around-rollback';
import { openRollback } from '#domain/boxes/rollback-run';
import { requireStaging } from '#domain/environment/doubts';
import { InvalidInput, MigrationRefused, TargetIsBusy } from '#domain/errors';
import { placeOfWayBack } from '#domain/folders/way-back-place';
import type { LedgerEntry } from '#domain/ledger/ledger';
import { versionsToTakeBack } from '#domain/ledger/take-back';
import type { Ports } from '#lambdas/ports/ports';
import { type AppliedFiles, closingOfRun, readAppliedFiles } from '#lambdas/record/applied-files';
import { toJson, writeOnce } from '#lambdas/record/json';
import { pinnedKeys } from '#lambdas/record/keys';
import { hashMigrations } from '#lambdas/record/pinned-migration';
import { pinAppliedFiles } from '#lambdas/record/taken-back';
import { withEvidence } from '#lambdas/record/with-evidence';
import { findDoor } from '#lambdas/runs/find-door';
import { ownerOf, releaseEndedLease } from '#lambdas/runs/run-identity';
import type { OpenRollbackOutput, OpenRunInput, RollbackInput, RunPin, TakenBackVersion } from '#statemachine/contract';
import { parseRollbackInput } from '#statemachine/rollback-input';

const target = { branchId: 'target' } as const;

const state = { name: 'open-rollback', title: 'Open rollback', judges: openRollback } as const;

const requireStagingTarget = async ({ platform, database, settings }: Ports) =>
  requireStaging({
    record: await platform.describeTarget(),
    mark: await database.readMark(target),
    expected: settings.expected,
  });

/** So that nothing is rehearsed that nobody could approve. */
const requirePeople = ({ startedBy, migration }: RollbackInput, { settings }: Ports) => {
  const needed = settings.approvalsNeeded.rollback;
  if (startedBy === null && needed < 2)
    throw new InvalidInput(
      '"startedBy" is missing, and one person alone may approve a rollback: name who asks for it, as a mail address such as ada@example.org, so that they are not the one; or let two people approve',
    );
  const why = whyNobodyCan(settings.approvers.rollback, { startedBy: startedBy ?? '' }, needed);
  if (why !== null) throw new MigrationRefused(nobodyCanApprove('rollback', migration, why));
};

/** Its own run asks people itself, with what it has seen: two questions about one version would be one too many. */
const refuseBesideOwnRun = async ({ database, clock }: Ports, entries: readonly LedgerEntry[]) => {
  const { lease } = await database.readTargetState(target);
  const own = entries.find(({ runId }) => runId === lease?.runId);
  if (!lease || lease.isExpired || !own) return;
  throw new TargetIsBusy(
    `run ${own.runId} of ${own.migration} still goes on and holds the target since ${lease.acquiredAt} (now ${clock.now().toISOString()}): it watches what it has applied, and asks whether to roll it back when an alarm is raised. Stop that run, or wait for its end, then ask again`,
  );
};

/** What stands, with what was applied after it where that was asked for. */
const findVersions = async (ports: Ports, request: RollbackInput) => {
  const { ledger, others } = await ports.database.readTargetState(target);
  const partial = others.flatMap(({ migration, progress }) => (progress ? [{ ...progress, migration }] : []));
  return { ledger, entries: versionsToTakeBack({ ledger, partial }, request) };
};

/** Errors: MigrationRefused with what remains, before anything is rehearsed that has nothing to run. */
const requireWayBack = ({ migration: { rollback, ...migration } }: AppliedFiles, { runId }: LedgerEntry) => {
  if (rollback.statements.length > 0) return;
  throw new MigrationRefused(
    `${migration.fileName} has no way back, so nothing can be rolled back; it stands as it did. What remains: ${placeOfWayBack({ ...migration, rollback })}; or a new migration that undoes it, which is rehearsed as every other one; or what run ${runId} saved before it was applied (its document of Step 5 names backup and restore point), without everything that was written since`,
  );
};

const versionOf = async (
  { store }: Pick<Ports, 'store'>,
  entry: LedgerEntry,
  { migration, origin }: AppliedFiles,
  door: TakenBackVersion['door'] | null,
): Promise<TakenBackVersion> => ({
  migration: entry.migration,
  version: entry.version,
  sha256: entry.sha256,
  rollbackSha256: migration.rollback.sha256,
  runId: entry.runId,
  owner: entry.owner ?? null,
  closing: await closingOfRun(store, entry.runId),
  ...(origin && { origin }),
  ...(origin && door && { door }),
});

export const run = async ({ input, execution }: OpenRunInput, ports: Ports): Promise<OpenRollbackOutput> => {
  const { store, database, settings } = ports;
  const request = parseRollbackInput(input);
  requirePeople(request, ports);
  await requireStagingTarget(ports);
  const { ledger, entries } = await findVersions(ports, request);
  const owner = await ownerOf(ports, execution);
  await releaseEndedLease(ports, execution.name);
  await refuseBesideOwnRun(ports, entries);
  await database.requireFreeTarget(target, { runId: execution.name, owner });
  const others = await ports.migrations.readOthers();
  const door = others && (await findDoor(ports, others, ledger));
  const read = await Promise.all(
    entries.map(async (entry) => {
      const files = await readAppliedFiles(ports, others, entry);
      requireWayBack(files, entry);
      return { entry, files, version: await versionOf(ports, entry, files, door) };
    }),
  );
  const asked = read.at(-1) as (typeof read)[number];
  const { entry, files, version } = asked;
  const because = request.because ?? 'nobody said why';
  const pin: RunPin = {
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
    pullRequest: null,
    startedBy: request.startedBy ?? 'not named',
    author: null,
    startedAt: execution.startedAt,
    approvalTimeoutSeconds: settings.approvalTimeoutSeconds,
    monitorSeconds: settings.monitorSeconds,
    rollback: { because: request.because, versions: read.map((one) => one.version) },
  };
  return withEvidence(ports, state, { run: pin, previous: [] }, async (facts) => {
    for (const one of read) await pinAppliedFiles(store, pin, one.version, one.files);
    await writeOnce(store, pinnedKeys(pin.runId).run, toJson(pin));
    facts.put('run', pin);
    facts.put('execution', execution.id);
    facts.put('entries', entries);
    const standing = ledger.filter((row) => row.rolledBackAt === null && !entries.includes(row));
    facts.put('around', {
      head: standing.at(-1)?.version ?? null,
      used: usedVersions(await hashMigrations(ports.migrations), ledger),
    });
    return {
      run: pin,
      failure: { state: 'A person', error: 'RollbackRequested', cause: because, committed: true },
    };
  });
};
