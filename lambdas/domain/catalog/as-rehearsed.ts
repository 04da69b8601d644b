/** The target's catalog against that of the branch on which the same statements were rehearsed. */
import type { Catalog } from './catalog';
import { describeDifference } from './describe-difference';
import { differenceOf } from './difference';
import { onlyChangedPrivileges } from './granted-privileges';

/** One line each; `before` and `rehearsed` are of the branch, `applied` of the target, without what the branch goes without. */
export const differencesFromRehearsed = (before: Catalog, rehearsed: Catalog, applied: Catalog): readonly string[] => {
  const compared = onlyChangedPrivileges(before, rehearsed);
  return describeDifference(differenceOf(compared(rehearsed), compared(applied)));
};
