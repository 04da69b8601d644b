/** Pins what the run is about: the migration's bytes, its hashes, the target. Nothing after this reads the file again. */

import { isSamePerson, nobodyCanApprove, whyNobodyCan } from '#domain/approvals/person';
import { configuredStages } from '#domain/approvals/stages';
import { type CopyTrial, targetFaultInWords } from '#domain/backup/copy-trial';
import { parseChecks } from '#domain/checks/parse-checks';
import { requireStaging } from '#domain/environment/doubts';
import { InvalidInput, MigrationRefused, TargetCannotBeCopied } from '#domain/errors';
import type { Finding } from '#domain/evidence/document';
import { checksPathOf, type Origin, type SourceMigration } from '#domain/folders/origin';
import { parseOrigin } from '#domain/folders/parse-origin';
import { orderMigrations, refuseUnlessNext } from '#domain/ledger/order-migrations';
import { checksFileNameOf } from '#domain/migration/file-name';
import { parseMigration } from '#domain/migration/parse-migration';
import { authorIn } from '#domain/migration/pull-request-facts';
import { sha256Of } from '#domain/sha256';
import type { Ports } from '#lambdas/ports/ports';
import { toJson, writeOnce } from '#lambdas/record/json';
import { pinnedFileKey, pinnedKeys } from '#lambdas/record/keys';
import { filesOf, hashMigrations } from '#lambdas/record/pinned-migration';
import { withEvidence } from '#lambdas/record/with-evidence';
import type { ExecutionInput, OpenRunInput, OpenRunOutput, RunPin } from '#statemachine/contract';
import { parseExecutionInput } from '#statemachine/execution-input';
import { findDoor } from './find-door';
import { ownerOf, releaseEndedLease } from './run-identity';

const readSources = async ({ migrations }: Ports, input: unknown) => {
  const others = await migrations.readOthers();
  const available = others ? others.migrations.map(({ fileName }) => fileName) : await migrations.list();
  const request = parseExecutionInput(input, available);
  const source = others?.migrations.find(({ fileName }) => fileName === request.migration) ?? null;
  const bytes = source ? source.origin.files[0]?.bytes : await migrations.read(request.migration);
  if (!bytes) throw new InvalidInput(`${request.migration} was listed and is gone; start again`);
  const migration = source ? await parseOrigin(source.origin) : await parseMigration(request.migration, bytes);
  const checksName = source ? checksPathOf(source.origin.name) : checksFileNameOf(request.migration);
  const checksBytes = await migrations.read(checksName);
  if (checksBytes) await parseChecks(checksName, checksBytes);
  const files = others ? filesOf(others) : await hashMigrations(migrations, available);
  return { others, source, files, request, bytes, migration, checksBytes };
};

/** As it is pinned: the files by their hashes. */
const originOf = ({ origin }: SourceMigration): Origin => ({
  ...origin,
  files: origin.files.map(({ role, path, bytes }) => ({ role, path, sha256: sha256Of(bytes) })),
});

/** Step 4 proves it and leaves the evidence; asked here too, so that no person is asked to review what cannot be run. */
const requireStagingTarget = async ({ platform, database, settings }: Ports) =>
  requireStaging({
    record: await platform.describeTarget(),
    mark: await database.readMark({ branchId: 'target' }),
    expected: settings.expected,
  });

/** So that nobody is asked to review what no two people could approve. */
const requirePeople = ({ migration, startedBy, author }: ExecutionInput, { settings }: Pick<Ports, 'settings'>) => {
  const { approvers, approvalsNeeded } = settings;
  const alone = configuredStages.filter((stage) => approvalsNeeded[stage] < 2);
  if (startedBy === null && alone.length > 0)
    throw new InvalidInput(
      `"startedBy" is missing, and one person alone may approve ${alone.join(', ')}: name who starts the run, as a mail address such as ada@example.org, so that they are not the one; or let two people approve every stage`,
    );
  for (const stage of configuredStages) {
    const why = whyNobodyCan(approvers[stage], { startedBy: startedBy ?? '', author }, approvalsNeeded[stage]);
    if (why !== null) throw new MigrationRefused(nobodyCanApprove(stage, migration, why));
  }
};

/** Who wrote the change cannot approve it alone; where the run does not name them, the pull request does. */
const askCodeHost = async ({ codeHost }: Pick<Ports, 'codeHost'>, { pullRequest, migration }: ExecutionInput) =>
  pullRequest === null ? null : codeHost.readPullRequest(pullRequest, migration);

const isApproverOf =
  ({ settings }: Pick<Ports, 'settings'>) =>
  (address: string): boolean =>
    Object.values(settings.approvers).some((people) => people.some((one) => isSamePerson(one, address)));

const trialFindings = ({ leftOut, notTried }: CopyTrial): readonly Finding[] => [
  ...leftOut.map(({ kind, identity, cause }) => ({
    rule: 'left-out-of-the-copy',
    message: `copies of the target and the restore of its backup go without ${kind} ${identity}: ${cause}`,
    line: null,
  })),
  ...notTried.map((what) => ({
    rule: 'not-tried',
    message: `not tried under the restore's settings: ${what}`,
    line: null,
  })),
];

/** Copied and restored without its rows, so that no person is asked to review what no run can carry out. */
const tryTarget = async ({ backups }: Ports, runId: string, bytes: Uint8Array) => {
  const trial = await backups.tryCopy({ branchId: 'target' }, `trial-${runId}`, Buffer.from(bytes).toString('utf8'));
  const fault = targetFaultInWords(trial);
  if (fault !== null) throw new TargetCannotBeCopied(fault);
  return trial;
};

export const run = async ({ input, execution }: OpenRunInput, ports: Ports): Promise<OpenRunOutput> => {
  const {
    others,
    source,
    files,
    request: asRequested,
    bytes,
    migration,
    checksBytes,
  } = await readSources(ports, input);
  const asked = await askCodeHost(ports, asRequested);
  const request = { ...asRequested, author: asRequested.author ?? authorIn(asked, isApproverOf(ports)) };
  requirePeople(request, ports);
  await requireStagingTarget(ports);
  // Step 4 takes the lease; looked at here too, so that no person is asked to review what would have to wait.
  const owner = await ownerOf(ports, execution);
  await releaseEndedLease(ports, execution.name);
  await ports.database.requireFreeTarget({ branchId: 'target' }, { runId: execution.name, owner });
  const ledger = await ports.database.readLedger({ branchId: 'target' });
  const door = others && (await findDoor(ports, others, ledger));
  refuseUnlessNext(files, ledger, request.migration);
  const { notes } = orderMigrations(files, ledger);

  const trial = await tryTarget(ports, execution.name, bytes);

  const pin: RunPin = {
    runId: execution.name,
    owner,
    migration: request.migration,
    version: migration.version,
    description: migration.description,
    sha256: migration.sha256,
    rollbackSha256: migration.rollback.sha256,
    checksSha256: checksBytes && sha256Of(checksBytes),
    ...(source && { origin: originOf(source) }),
    ...(door && { door }),
    target: ports.settings.expected,
    pullRequest: request.pullRequest,
    startedBy: request.startedBy ?? 'not named',
    author: request.author,
    startedAt: execution.startedAt,
    approvalTimeoutSeconds: ports.settings.approvalTimeoutSeconds,
    monitorSeconds: ports.settings.monitorSeconds,
  };
  const state = { name: '00-open-run', title: 'Open run' } as const;
  return withEvidence(ports, state, { run: pin, previous: [] }, async (facts) => {
    const keys = pinnedKeys(pin.runId);
    await writeOnce(ports.store, keys.migration, bytes);
    if (checksBytes) await writeOnce(ports.store, keys.checks, checksBytes);
    for (const file of source?.origin.files ?? [])
      if (file.role !== 'forward') await writeOnce(ports.store, pinnedFileKey(pin.runId, file.role), file.bytes);
    await writeOnce(ports.store, keys.run, toJson(pin));
    facts.put('run', pin);
    facts.put('execution', execution.id);
    if (notes.length > 0) facts.put('notes', notes);
    if (asked !== null) facts.put('codeHost', asked);
    facts.put('trial', trial);
    facts.find(...trialFindings(trial));
    return { run: pin };
  });
};
