/** Runs the rollback on a branch of the data of now: what it leaves, what is lost, what it locks is known before anybody is asked. */

import { type LeftOut, withoutLeftOut } from '#domain/backup/left-out';
import { revertedIn } from '#domain/boxes/13-test-rollback';
import { factsIn } from '#domain/boxes/facts';
import { findingsOfNotRehearsed } from '#domain/boxes/not-rehearsed';
import { gradeRollbackOfNow, type RehearsedThen, rehearseRollback } from '#domain/boxes/rollback-run';
import type { Catalog } from '#domain/catalog/catalog';
import { fingerprintOf } from '#domain/catalog/fingerprint';
import { type WrittenWayBack, writtenWayBack } from '#domain/catalog/proved-way-back';
import { gradeDryRun } from '#domain/dry-run/grade-dry-run';
import type { StatementRun } from '#domain/dry-run/measured';
import type { RehearsalPhase } from '#domain/dry-run/phase';
import { StatementFailed } from '#domain/errors';
import type { EvidenceDocument } from '#domain/evidence/document';
import { predictImpact } from '#domain/review/predict-impact';
import { withoutSecrets } from '#domain/text/without-secrets';
import type { Ports } from '#lambdas/ports/ports';
import { readReferenced, writeKept } from '#lambdas/record/json';
import { artifactKeys } from '#lambdas/record/keys';
import { readRecordedCatalog } from '#lambdas/record/recorded-catalog';
import { evidenceOfRun, savedThen } from '#lambdas/record/saved-then';
import { readTakenBack, type TakenBack, versionsOf } from '#lambdas/record/taken-back';
import { withEvidence } from '#lambdas/record/with-evidence';
import { changedBesideWaysBack, findReachOfWaysBack } from '#lambdas/rehearsal/beyond';
import { type Moments, momentsOf } from '#lambdas/rehearsal/moments';
import type { RunPin, TakenBackVersion } from '#statemachine/contract';
import type { RehearseRollbackInput, RollbackRehearsal } from '#statemachine/rollback-contract';

const target = { branchId: 'target' } as const;

const state = { name: 'rehearse-rollback', title: 'Rehearse on now', judges: rehearseRollback } as const;

/** A day beyond the approval: the platform deletes the branch itself when no state of ours does. */
const graceSeconds = 24 * 3600;

/** The schema that the target had before the first of the versions was applied: as its run saw it, or as the run before has recorded it. */
const readBefore = async (
  ports: Ports,
  { runId, version }: TakenBackVersion,
  documents: readonly EvidenceDocument[],
): Promise<Catalog | null> => {
  const seen = factsIn(documents, '04-environment-check').catalog;
  if (seen) return readReferenced<Catalog>(ports.store, seen.artifact);
  const ledger = await ports.database.readLedger(target);
  const at = ledger.findIndex((row) => row.runId === runId && row.version === version);
  const before = ledger.slice(0, Math.max(at, 0)).findLast(({ rolledBackAt }) => rolledBackAt === null);
  return readRecordedCatalog(ports.store, before?.catalogFingerprint ?? null);
};

const rehearsedThen = (runId: string, documents: readonly EvidenceDocument[]): RehearsedThen => {
  const reverted = revertedIn(documents);
  return {
    runId,
    reverted: reverted && { answer: reverted.answer, reason: reverted.reason },
    dataLoss: factsIn(documents, '13-test-rollback').dataLoss ?? null,
    saved: savedThen(documents),
  };
};

const phaseOf = ({ version, isPartial }: TakenBackVersion): RehearsalPhase =>
  isPartial ? `down from what stands of ${version}` : `down of ${version}`;

/** Takes the versions back on the branch, one after the other. */
const takeBack = async (
  { database, settings }: Ports,
  at: { readonly branchId: string },
  takenBack: readonly TakenBack[],
): Promise<readonly StatementRun[]> => {
  const runs: StatementRun[] = [];
  for (const { version, migration, door } of takenBack)
    runs.push(...(await database.rehearse(at, phaseOf(version), migration.rollback.statements, settings, door)));
  return runs;
};

/** Each statement with what it makes wait, by the traffic that the target has. */
const gradeStatements = async (
  { database, settings }: Ports,
  at: { readonly branchId: string },
  moments: Moments,
  takenBack: readonly TakenBack[],
  statements: readonly StatementRun[],
) => {
  const traffic = await database.estimateTableStatistics(target);
  const { value: catalog } = await moments.catalog('before');
  const searchPath = await database.readDefaultSearchPath(at);
  // Each version's statements count from its own first one: only a single one can be held against its prediction.
  const [only, ...others] = takenBack;
  const predictions =
    only && others.length === 0
      ? predictImpact({
          migration: { ...only.migration, statements: only.migration.rollback.statements },
          catalog,
          statistics: traffic,
          searchPath,
        })
      : [];
  const { value: contents } = await moments.contents('before');
  return gradeDryRun(statements, predictions, { catalog, contents, traffic, limitMs: settings.longestBlockingMs });
};

const takeLease = ({ database, settings }: Ports, pin: RunPin) =>
  database.acquireLease(target, {
    run: pin,
    holder: `rollback of ${pin.migration}, asked for by ${pin.startedBy}`,
    lifeSeconds: settings.approvalTimeoutSeconds + 2 * 3600,
    isRollback: true,
    ...(pin.rollback?.failedRun && { takenFrom: pin.rollback.failedRun.runId }),
  });

/** As often as the workflow calls again for each of these; a test compares. What it says then is not passing. */
export const callsAgain: Readonly<Record<string, number>> = {
  PlatformFailed: 3,
  DatabaseUnreachable: 3,
  StoreFailed: 3,
  LockNotAvailable: 12,
};

/** The branch, or why there is none, whatever kept it from being made. Errors: those for which the workflow calls again, until it does not. */
const makeBranch = async (
  { platform, clock, settings }: Ports,
  { run: { runId }, attempt = 0 }: RehearseRollbackInput,
) => {
  const lifeSeconds = settings.approvalTimeoutSeconds + graceSeconds;
  try {
    return await platform.createBranch({
      name: `rehearsal-${runId}`,
      expiresAt: new Date(clock.now().getTime() + lifeSeconds * 1000),
      compute: true,
    });
  } catch (error) {
    const { name, message } = error as Error;
    if (attempt < (callsAgain[name] ?? 0)) throw error;
    return { because: withoutSecrets(message) };
  }
};

const leadsBack = (recorded: Catalog | null, after: Catalog, leftOut: readonly LeftOut[] = []): boolean =>
  recorded === null || ['exact', 'harmless'].includes(gradeRollbackOfNow(recorded, after, leftOut).verdict);

type Rehearsed = {
  readonly recorded: Catalog | null;
  readonly leftOut: readonly LeftOut[] | undefined;
  readonly moments: Moments;
};

/**
 * What remains where the rollback is not what leads back. Null where nobody knows where to, or where the branch is not as the target is: what
 * a rollback of several units has left there in its middle is no place to begin from. It is an offer: without one the rehearsal goes on.
 */
const writeInstead = async (
  { database, settings }: Ports,
  at: { readonly branchId: string },
  on: WrittenWayBack['on'],
  { recorded, leftOut = [], moments }: Rehearsed,
): Promise<WrittenWayBack | null> => {
  if (recorded === null) return null;
  const { value: contents } = await moments.contents('before');
  try {
    const { value: stood } = await moments.catalog('before');
    if (on === 'what stands' && fingerprintOf(await database.readCatalog(at)) !== fingerprintOf(stood)) return null;
    const wanted = withoutLeftOut(recorded, leftOut);
    return writtenWayBack(on, await database.writeWayBack(at, wanted, settings.statementTimeoutMs), contents);
  } catch (error) {
    const why = withoutSecrets((error as Error).message);
    return writtenWayBack(on, { sql: [], verdict: 'fails', reasons: [why], contents: null }, contents);
  }
};

export const run = (input: RehearseRollbackInput, ports: Ports): Promise<RollbackRehearsal> =>
  withEvidence(ports, state, input, async (facts) => {
    const { store, settings } = ports;
    const { run: pin } = input;
    const { runId } = pin;
    const takenBack = await readTakenBack(store, pin);
    await takeLease(ports, pin);
    const asked = versionsOf(pin).at(-1) as TakenBackVersion;
    const documents = await evidenceOfRun(store, asked.runId);
    facts.put('atApply', rehearsedThen(asked.runId, documents));
    const recorded = await readBefore(ports, asked, documents);
    const kept = recorded && (await writeKept(store, artifactKeys(runId).catalog('recorded'), recorded));
    if (kept) facts.putKept('catalogRecorded', kept);
    else facts.put('catalogRecorded', null);

    const rehearsal = { catalogBefore: kept?.reference.artifact ?? null };
    const branch = await makeBranch(ports, input);
    if ('because' in branch) {
      facts.put('noBranch', branch);
      return { branch: null, rehearsal };
    }
    const { branchId, name, server, leftOut } = branch;
    facts.put('branch', { branchId, name, server, ...(leftOut && { leftOut }) });
    const at = { branchId };
    const moments = momentsOf(ports, runId, at, takenBack.at(-1)?.door);
    const before = await moments.catalog('before');
    facts.putKept('catalogBefore', before);
    const output = {
      branch: { branchId, name, server },
      rehearsal,
    };
    const migrations = takenBack.map(({ migration }) => migration);
    const { reach, notRehearsed } = findReachOfWaysBack(branch, migrations, before.value);
    facts.put('reach', reach);
    if (notRehearsed) {
      facts.put('notRehearsed', notRehearsed);
      facts.find(...findingsOfNotRehearsed(notRehearsed));
      return output;
    }
    const serverBefore = await moments.server('before');
    facts.putKept('serverBefore', serverBefore);
    facts.putKept('contentsBefore', await moments.contents('before'));
    facts.putKept('outsideBefore', await moments.outside('before'));
    const write = (on: WrittenWayBack['on']) => writeInstead(ports, at, on, { recorded, leftOut, moments });
    const statements = await facts
      .observe('statements', () => takeBack(ports, at, takenBack))
      .catch(async (error: unknown) => {
        const written = error instanceof StatementFailed ? await write('what stands') : null;
        if (written) facts.put('written', written);
        throw error;
      });
    const after = await moments.catalog('after-down');
    facts.putKept('catalogAfterDown', after);
    const written = leadsBack(recorded, after.value, leftOut) ? null : await write('what the rollback leaves');
    if (written) facts.put('written', written);
    facts.put('limitMs', settings.longestBlockingMs);
    facts.put('assessed', await gradeStatements(ports, at, moments, takenBack, statements));
    facts.putKept('contentsAfterDown', await moments.contents('after-down'));
    facts.putKept('outsideAfterDown', await moments.outside('after-down'));
    facts.put('serverChanged', await changedBesideWaysBack(ports, branch, migrations, serverBefore.value));
    return output;
  });
