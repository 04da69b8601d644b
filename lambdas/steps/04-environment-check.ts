import {
  driftFrom,
  driftInWords,
  environmentCheck,
  findingsOfPrepared,
  standingEntry,
} from '#domain/boxes/04-environment-check';
import { ownTablesOf } from '#domain/doors/compare';
import { requireDirectConnection, requireStaging, withoutPassword } from '#domain/environment/doubts';
import { VerificationFailed } from '#domain/errors';
import { refuseBesideUnresolved } from '#domain/ledger/unresolved';
import type { Ports } from '#lambdas/ports/ports';
import { writeJson, writeKept } from '#lambdas/record/json';
import { artifactKeys } from '#lambdas/record/keys';
import { hashMigrations } from '#lambdas/record/pinned-migration';
import { readRecordedCatalog } from '#lambdas/record/recorded-catalog';
import { withStepEvidence } from '#lambdas/record/with-evidence';
import type { EnvironmentCheckOutput, StepInput } from '#statemachine/contract';

const target = { branchId: 'target' } as const;

export const run = (input: StepInput, ports: Ports): Promise<EnvironmentCheckOutput> =>
  withStepEvidence(ports, 4, environmentCheck, input, async (facts) => {
    const { activity, database, platform, settings } = ports;
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
      run: pin,
      holder: `${pin.migration}, started by ${pin.startedBy}`,
      lifeSeconds: approvals + settings.monitorSeconds + 3600,
    });
    const ledger = await facts.observe('ledger', () => database.readLedger(target));
    // Hours may have gone by since Open run looked, and now nobody else can begin.
    refuseBesideUnresolved(ledger, pin.runId);
    await facts.observe('files', () => hashMigrations(ports.migrations));
    const standing = standingEntry(ledger);
    const keys = artifactKeys(pin.runId);
    const catalog = await facts.keep('catalog', async () =>
      writeKept(ports.store, keys.catalog('environment-check'), await database.readCatalog(target)),
    );
    const recorded = await readRecordedCatalog(ports.store, standing?.catalogFingerprint ?? null);
    if (recorded) facts.putKept('recorded', await writeKept(ports.store, keys.catalog('recorded'), recorded));
    else facts.put('recorded', null);
    const ownTables = ownTablesOf(pin.door, ledger);
    facts.put('ownTables', ownTables);
    const drift = driftFrom(standing, recorded, catalog, ownTables);
    if (drift.length > 0)
      throw new VerificationFailed(
        `${driftInWords(drift)}. Put the change into a migration or undo it, then start again.`,
      );
    const prepared = await database.readPreparedTransactions(target);
    facts.put('prepared', prepared);
    facts.find(...findingsOfPrepared(prepared));
    await facts.observe('usedBytes', () => database.readDatabaseSize(target));
    await facts.keep('serverState', async () =>
      writeKept(ports.store, keys.serverAtEnvironmentCheck, await database.readServerState(target)),
    );
    await facts.keep('tables', async () =>
      writeKept(ports.store, keys.sizes, await database.readTableStatistics(target)),
    );
    return { baseline: await writeJson(ports.store, keys.baseline, await activity.takeBaseline()) };
  });
