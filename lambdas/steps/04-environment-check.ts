import { checkConnection, checkStaging } from '#domain/boxes/04-environment-check';
import { checkStorage } from '#domain/boxes/check-storage';
import { fingerprintOf } from '#domain/catalog/fingerprint';
import { TargetIsNotStaging, VerificationFailed } from '#domain/errors';
import type { Ports } from '#lambdas/ports/ports';
import { writeJson } from '#lambdas/record/json';
import { artifactKeys } from '#lambdas/record/keys';
import { driftSince } from '#lambdas/record/recorded-catalog';
import { withStepEvidence } from '#lambdas/record/with-evidence';
import type { EnvironmentCheckOutput, StepInput } from '#statemachine/contract';

const target = { branchId: 'target' } as const;

export const run = (input: StepInput, ports: Ports): Promise<EnvironmentCheckOutput> =>
  withStepEvidence(ports, 4, input, async (notes) => {
    const { activity, database, platform, clock, settings } = ports;
    const record = await notes.expecting(['4.1', '4.2'], () => platform.describeTarget());
    const connection = await platform.connection(target);
    const identity = await notes.expecting(['4.2'], () => database.identify(target));
    const staging = checkStaging(record, await database.readMark(target), input.run.target);
    const direct = checkConnection(connection, identity, record);
    notes.take([staging, direct]);
    for (const { answer, reason } of [staging, direct]) if (answer === 'failed') throw new TargetIsNotStaging(reason);

    const approvals = 2 * settings.approvalTimeoutSeconds;
    await database.acquireLease(target, {
      runId: input.run.runId,
      holder: `${input.run.migration}, started by ${input.run.startedBy}`,
      expiresAt: new Date(clock.now().getTime() + (approvals + settings.monitorSeconds + 3600) * 1000),
    });
    const ledger = await database.readLedger(target);
    // A migration that was rolled back has left the schema of the one before it.
    const standing = ledger.findLast(({ rolledBackAt }) => rolledBackAt === null);
    const catalog = await database.readCatalog(target);
    const drift = await driftSince(ports.store, standing?.catalogFingerprint ?? null, catalog);
    const head = standing?.version ?? 'none';
    if (drift.length > 0) {
      const reason = `the schema changed since the last run: ${drift.slice(0, 5).join('; ')}${drift.length > 5 ? ` and ${drift.length - 5} more` : ''}`;
      notes.fail('4.3', reason, { drift });
      throw new VerificationFailed(`${reason}. Put the change into a migration or undo it, then start again.`);
    }
    notes.prove('4.3', `ledger head is ${head}; no gap, no edited file, no drift`, {
      versions: ledger.map(({ version }) => version),
      catalogFingerprint: fingerprintOf(catalog),
    });
    notes.take([
      checkStorage({
        usedBytes: await database.readDatabaseSize(target),
        limitBytes: record.storageLimitBytes,
        tables: await database.readTableStatistics(target),
      }),
    ]);
    const sample = await activity.takeBaseline();
    return { baseline: await writeJson(ports.store, artifactKeys(input.run.runId).baseline, sample) };
  });
