/** What stands in the ledger without being settled, and how a person settles it. */
import { MigrationRefused } from '#domain/errors';
import { versionKey } from '#domain/migration/file-name';
import type { LedgerEntry, RunIdentity } from './ledger';
import { isUnresolved, ledgerStates, type StateRecord, stateInWords } from './states';

/** A version with its last state, whether or not it has a row of its own in the ledger. */
export type VersionInLedger = RunIdentity & { readonly state: StateRecord };

/** Of each version the newest run; `entries` oldest first, as the ledger gives them. */
export const newestOf = <Entry extends Pick<LedgerEntry, 'version'>>(entries: readonly Entry[]): readonly Entry[] => [
  ...new Map(entries.map((entry) => [versionKey(entry.version), entry])).values(),
];

const withState = (entries: readonly LedgerEntry[]): readonly VersionInLedger[] =>
  entries.flatMap((entry) => (entry.state ? [{ ...entry, state: entry.state }] : []));

/** Rows that nobody may build on; documents of version 0.3 and before have no states, and none is unresolved there. */
export const unresolvedIn = (ledger: readonly LedgerEntry[]): readonly VersionInLedger[] =>
  withState(newestOf(ledger)).filter(({ state }) => isUnresolved(state));

/** Versions of the folder whose newest run neither signed them off nor was settled: a start that leaves them so ends with 1. */
export const notWellIn = (ledger: readonly LedgerEntry[], fileNames: readonly string[]): readonly VersionInLedger[] =>
  withState(newestOf(ledger)).filter(
    ({ state, migration }) => fileNames.includes(migration) && !ledgerStates[state.state].isGoodEnd,
  );

export const settleCommand = (version: string): string =>
  `npm run settle -- ${version} --as standing|rolled-back --by NAME --because TEXT`;

/** What stands, and what a person does, as sentences without a full stop at the end. */
export const describeVersion = ({ version, migration, runId, state }: VersionInLedger): string =>
  `${stateInWords(migration, runId, state)}. What to do: ${ledgerStates[state.state].remedy} (${settleCommand(version)})`;

export const describeUnresolved = (one: VersionInLedger): string =>
  `${describeVersion(one)}; until then every other migration is refused`;

/** Errors: MigrationRefused when a version stands that nobody has signed off or settled; the run's own does not count. */
export const refuseBesideUnresolved = (ledger: readonly LedgerEntry[], runId: string): void => {
  const [first, ...others] = unresolvedIn(ledger).filter((one) => one.runId !== runId);
  if (!first) return;
  throw new MigrationRefused(
    `${describeUnresolved(first)}${others.length > 0 ? ` (${others.length} more: npm run status)` : ''}`,
  );
};
