/** Settles a version that stands unresolved: compares what a person says with the catalog, then writes it into the ledger. */

import { documentPaths } from '#domain/boxes/14-update-documentation';
import type { Catalog } from '#domain/catalog/catalog';
import { fingerprintOf } from '#domain/catalog/fingerprint';
import { InvalidInput, MigrationRefused, TargetIsBusy } from '#domain/errors';
import type { LedgerEntry } from '#domain/ledger/ledger';
import {
  compareForSettlement,
  isBelieved,
  type Known,
  type SettledAs,
  settlementInWords,
} from '#domain/ledger/settlement';
import type { StateRecord } from '#domain/ledger/states';
import { newestOf, type VersionInLedger } from '#domain/ledger/unresolved';
import { compareVersions, versionKey } from '#domain/migration/file-name';
import { addSettlement } from '#domain/reports/decision-entry';
import type { Database, TargetState } from '#lambdas/ports/database';
import type { ProjectDocuments } from '#lambdas/ports/people';
import type { ArtifactStore } from '#lambdas/ports/store';
import { readJson } from '#lambdas/record/json';
import { artifactKeys } from '#lambdas/record/keys';
import { readRecordedCatalog, recordCatalog } from '#lambdas/record/recorded-catalog';

const target = { branchId: 'target' } as const;

export type Claim = {
  /** `001`, `1` or the file's name. */
  readonly version: string;
  readonly as: SettledAs;
  readonly by: string;
  readonly because: string;
  /** Believed although the catalog could not be compared or differs; recorded. */
  readonly isUncompared: boolean;
  /** The run that still holds the target has ended, as the person says; recorded. */
  readonly hasEnded: boolean;
};

export type Parts = {
  readonly database: Pick<Database, 'readTargetState' | 'readCatalog' | 'settle'>;
  readonly store: ArtifactStore;
  readonly documents: ProjectDocuments;
};

/** All versions, each with its newest run. */
export const versionsIn = ({ ledger, others }: TargetState): readonly VersionInLedger[] => [
  ...newestOf(ledger).flatMap((entry) => (entry.state ? [{ ...entry, state: entry.state }] : [])),
  ...others.filter(({ progress }) => progress !== null),
];

const findVersion = (state: TargetState, named: string): VersionInLedger => {
  const keys = [named, /^\d+/.exec(named)?.[0] ?? named].map(versionKey);
  const all = versionsIn(state);
  const found = all.filter((one) => one.migration === named || keys.includes(versionKey(one.version)));
  // What is partly applied comes last, and nothing else of its version stands then.
  const one = found.at(-1);
  if (one) return one;
  throw new InvalidInput(
    `the ledger knows no version "${named}"; there are: ${all.map(({ version }) => version).join(', ') || 'none'}`,
  );
};

/** Whichever run it is: a rollback of this version that waits for its people would take the settlement for a change behind its back. */
const requireEndedRun = ({ lease }: TargetState, { hasEnded }: Claim) => {
  if (!lease || lease.isExpired || hasEnded) return;
  throw new TargetIsBusy(
    `run ${lease.runId} (${lease.holder}) still holds the target, until ${lease.expiresAt} at the latest; wait for its end, or, when it has really ended, say so with --its-run-has-ended`,
  );
};

const previousOf = (ledger: readonly LedgerEntry[], { version, runId }: VersionInLedger) =>
  ledger.findLast(
    (row) => row.runId !== runId && row.rolledBackAt === null && compareVersions(row.version, version) < 0,
  ) ?? null;

const readKnown = async ({ database, store }: Parts, { ledger }: TargetState, one: VersionInLedger): Promise<Known> => {
  const keys = artifactKeys(one.runId);
  const afterFingerprint = ledger.find(({ runId, version }) => runId === one.runId && version === one.version);
  const beforeFingerprint = previousOf(ledger, one)?.catalogFingerprint ?? null;
  const read = (key: string) => readJson<Catalog>(store, key);
  return {
    now: await database.readCatalog(target),
    before: (await read(keys.catalog('environment-check'))) ?? (await readRecordedCatalog(store, beforeFingerprint)),
    // Without a fingerprint Step 9 has refused what it saw, or never looked: then the rehearsed schema is the one that was meant.
    after: await read(keys.catalog(afterFingerprint?.catalogFingerprint ? 'applied' : 'after-up')),
    beforeFingerprint,
    afterFingerprint: afterFingerprint?.catalogFingerprint ?? null,
  };
};

export type Settled = { readonly version: VersionInLedger; readonly compared: string; readonly record: StateRecord };

/** Errors: InvalidInput, TargetIsBusy, MigrationRefused when the catalog is not as the person says. */
export const settleVersion = async (parts: Parts, claim: Claim): Promise<Settled> => {
  const state = await parts.database.readTargetState(target);
  const one = findVersion(state, claim.version);
  requireEndedRun(state, claim);
  const known = await readKnown(parts, state, one);
  const settlement = compareForSettlement(claim.as, known);
  const compared = settlementInWords(claim.as, settlement);
  if (!isBelieved(settlement) && !claim.isUncompared)
    throw new MigrationRefused(
      `${one.migration} is not settled as ${claim.as}: ${compared}. Bring the target there, settle it otherwise, or say with --without-comparison that it is as you say all the same, which is recorded`,
    );
  const reason = [
    claim.because,
    compared,
    ...(isBelieved(settlement) ? [] : ['believed without comparison']),
    ...(claim.hasEnded ? ['its run had ended, as the person said'] : []),
  ].join('; ');
  const fingerprint = fingerprintOf(known.now);
  // First: the next run compares the target with it.
  if (claim.as === 'standing') await recordCatalog(parts.store, fingerprint, known.now);
  const record = await parts.database.settle(target, one, {
    as: claim.as,
    by: claim.by,
    reason,
    catalogFingerprint: claim.as === 'standing' ? fingerprint : null,
  });
  const { decisionLog } = documentPaths;
  const entry = { ...one, as: claim.as, ...record };
  await parts.documents.write(decisionLog, addSettlement(await parts.documents.read(decisionLog), entry));
  return { version: one, compared, record };
};
