import { driftInWords, environmentCheck } from '#domain/boxes/04-environment-check';
import { fingerprintOf } from '#domain/catalog/fingerprint';
import { requireDirectConnection, requireStaging, withoutPassword } from '#domain/environment/doubts';
import { VerificationFailed } from '#domain/errors';
import type { Ports } from '#lambdas/ports/ports';
import { writeJson, writeKept } from '#lambdas/record/json';
import { artifactKeys } from '#lambdas/record/keys';
import { driftSince } from '#lambdas/record/recorded-catalog';
import { withStepEvidence } from '#lambdas/record/with-evidence';
import type { EnvironmentCheckOutput, StepInput } from '#statemachine/contract';

const target = { branchId: 'target' } as const;

export const run = (input: StepInput, ports: Ports): Promise<EnvironmentCheckOutput> =>
  withStepEvidence(ports, 4, environmentCheck, input, async (facts) => {
    const { activity, database, platform, clock, settings } = ports;
    const { run: pin } = input;
    facts.put('expected', pin.target);
    const record = await facts.observe('record', () => platform.describeTarget());
    const connection = await facts.observe('connection', async () =>
      withoutPassword(await platform.connection(target)),
    );
    const identity = await facts.observe('identity', () => database.identify(target));
    const mark = await facts.observe('mark', () => database.readMark(target));
    requireStaging({ record, mark, expected: pin.target });
    requireDirectConnection({ connection, identity, record });

    const approvals = 2 * settings.approvalTimeoutSeconds;
    await database.acquireLease(target, {
      runId: pin.runId,
      holder: `${pin.migration}, started by ${pin.startedBy}`,
      expiresAt: new Date(clock.now().getTime() + (approvals + settings.monitorSeconds + 3600) * 1000),
    });
    const ledger = await facts.observe('ledger', () => database.readLedger(target));
    // A migration that was rolled back has left the schema of the one before it.
    const standing = ledger.findLast(({ rolledBackAt }) => rolledBackAt === null);
    facts.put('head', standing?.version ?? null);
    const catalog = await database.readCatalog(target);
    facts.put('catalogFingerprint', fingerprintOf(catalog));
    const drift = await driftSince(ports.store, standing?.catalogFingerprint ?? null, catalog);
    facts.put('drift', drift);
    if (drift.length > 0)
      throw new VerificationFailed(
        `${driftInWords(drift)}. Put the change into a migration or undo it, then start again.`,
      );
    await facts.observe('usedBytes', () => database.readDatabaseSize(target));
    const keys = artifactKeys(pin.runId);
    await facts.keep('tables', async () =>
      writeKept(ports.store, keys.sizes, await database.readTableStatistics(target)),
    );
    return { baseline: await writeJson(ports.store, keys.baseline, await activity.takeBaseline()) };
  });
