/** Which versions a rollback takes back, and in which order: what was applied later stands on it and has to go first. */
import { InvalidInput, MigrationRefused } from '#domain/errors';
import { versionKey } from '#domain/migration/file-name';
import type { LedgerEntry } from './ledger';
import { type PartialApply, progressInWords } from './progress';
import { stateInWords } from './states';

export type Wanted = {
  /** The file's name, its version, or the id of the run that applied it. */
  readonly migration: string;
  readonly withLater: boolean;
};

/** What the ledger knows; `partial` are versions that have no row because only a part of them is applied. */
export type Standing = {
  /** In the order in which they were applied. */
  readonly ledger: readonly LedgerEntry[];
  readonly partial: readonly (PartialApply & { readonly migration: string })[];
};

const isNamed = ({ migration, version, runId }: Pick<LedgerEntry, 'migration' | 'version' | 'runId'>, named: string) =>
  migration === named || runId === named || versionKey(version) === versionKey(named);

const standingIn = (ledger: readonly LedgerEntry[]) => ledger.filter(({ rolledBackAt }) => rolledBackAt === null);

const namesOf = (entries: readonly LedgerEntry[]) => entries.map(({ migration }) => migration).join(', ');

/** Errors: InvalidInput for what never stood, MigrationRefused for what does not stand any more or not as a whole. */
const findStanding = ({ ledger, partial }: Standing, named: string): LedgerEntry => {
  const part = partial.find((one) => isNamed(one, named));
  if (part)
    throw new MigrationRefused(
      `${part.migration} is ${progressInWords(part)} (run ${part.runId}), so there is no whole version to roll back; its own run asks whether to undo it, and when that has ended: npm run settle`,
    );
  const entry = ledger.findLast((one) => isNamed(one, named));
  if (!entry)
    throw new InvalidInput(
      `the ledger knows no migration ${JSON.stringify(named)}, so there is nothing to roll back; expected a file, a version or a run of one that stands: ${namesOf(standingIn(ledger)) || '(none stands)'}`,
    );
  if (entry.rolledBackAt === null) return entry;
  throw new MigrationRefused(
    `${entry.state ? stateInWords(entry.migration, entry.runId, entry.state) : entry.migration}: it was rolled back at ${entry.rolledBackAt}, so there is nothing to roll back. Write a correction as a new migration with a higher version`,
  );
};

/**
 * The standing versions to take back, the one that was applied last first. Errors: InvalidInput, MigrationRefused with the list where
 * later ones stand and were not asked for.
 *
 * @example
 * versionsToTakeBack({ ledger: [one, two, three], partial: [] }, { migration: '002_b.sql', withLater: true })
 * // [three, two]
 */
export const versionsToTakeBack = (standing: Standing, { migration, withLater }: Wanted): readonly LedgerEntry[] => {
  const entry = findStanding(standing, migration);
  const later = standingIn(standing.ledger.slice(standing.ledger.indexOf(entry) + 1)).filter(
    ({ version }) => version !== entry.version,
  );
  if (later.length > 0 && !withLater)
    throw new MigrationRefused(
      `${namesOf(later)} ${later.length === 1 ? 'was' : 'were'} applied after ${entry.migration} and may stand on it; nothing was rolled back. Take ${later.length === 1 ? 'both' : 'all of them'} back, the last one first, with "withLater": true (--with-later), or correct it in a new migration`,
    );
  return [...later.toReversed(), entry];
};
