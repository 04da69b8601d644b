/** Compares what a person says of a version with the catalog, before it is believed. */
import { type Catalog, keyOf } from '#domain/catalog/catalog';
import { describeDifference } from '#domain/catalog/describe-difference';
import { differenceOf } from '#domain/catalog/difference';
import { comparable } from '#domain/catalog/earlier-form';
import { fingerprintOf } from '#domain/catalog/fingerprint';

export type SettledAs = 'standing' | 'rolled-back';

export type Known = {
  readonly now: Catalog;
  /** From before the migration; null where it was not kept. */
  readonly before: Catalog | null;
  /** From right after it, as the run saw it on the target or, if it came to no look, on the branch. */
  readonly after: Catalog | null;
  /** Of the same two moments, from the ledger. */
  readonly beforeFingerprint: string | null;
  readonly afterFingerprint: string | null;
};

export type Settlement = {
  readonly verdict: 'equal' | 'its objects are as before' | 'differs' | 'cannot be compared';
  /** What differs from the schema that was claimed, one entry each. */
  readonly differences: readonly string[];
};

const differencesFrom = (recorded: Catalog, now: Catalog) => {
  const both = comparable(recorded, now);
  return differenceOf(both.recorded, both.now);
};

const keysIn = ({ added, removed, changed }: ReturnType<typeof differenceOf>): ReadonlySet<string> =>
  new Set([...added, ...removed, ...changed].map(keyOf));

/** Where only the fingerprint of the moment is known, equal or not is all that can be said. */
const byFingerprint = (fingerprint: string | null, now: Catalog): Settlement => {
  if (fingerprint === null) return { verdict: 'cannot be compared', differences: [] };
  return fingerprint === fingerprintOf(now)
    ? { verdict: 'equal', differences: [] }
    : {
        verdict: 'differs',
        differences: [
          `its fingerprint is ${fingerprintOf(now).slice(0, 12)}, recorded was ${fingerprint.slice(0, 12)}`,
        ],
      };
};

/**
 * As rolled back: the schema of before, or all that the migration changed is as before, and what differs is no part of it. As
 * standing: the schema that the run recorded.
 */
export const compareForSettlement = (as: SettledAs, known: Known): Settlement => {
  const { now, before, after } = known;
  const claimed = as === 'standing' ? after : before;
  if (claimed === null) return byFingerprint(as === 'standing' ? known.afterFingerprint : known.beforeFingerprint, now);
  const difference = differencesFrom(claimed, now);
  const differences = describeDifference(difference);
  const differing = keysIn(difference);
  if (differing.size === 0) return { verdict: 'equal', differences };
  if (as === 'standing' || before === null || after === null) return { verdict: 'differs', differences };
  const migrated = keysIn(differencesFrom(before, after));
  return [...differing].some((key) => migrated.has(key))
    ? { verdict: 'differs', differences }
    : { verdict: 'its objects are as before', differences };
};

const claims: Readonly<Record<SettledAs, string>> = {
  standing: 'the schema that its run recorded after the apply',
  'rolled-back': 'the schema from before the migration',
};

const listed = (lines: readonly string[]) =>
  `${lines.slice(0, 10).join('; ')}${lines.length > 10 ? `; and ${lines.length - 10} more` : ''}`;

export const settlementInWords = (as: SettledAs, { verdict, differences }: Settlement): string => {
  if (verdict === 'cannot be compared') return `nobody recorded ${claims[as]}, so nothing could be compared`;
  if (verdict === 'equal') return `the catalog is ${claims[as]}`;
  const what = listed(differences);
  return verdict === 'differs'
    ? `the catalog is not ${claims[as]}: ${what}`
    : `all that the migration changed is as before it; elsewhere differs: ${what}`;
};

export const isBelieved = ({ verdict }: Settlement): boolean =>
  verdict === 'equal' || verdict === 'its objects are as before';
