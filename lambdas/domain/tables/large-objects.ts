/** How large objects differ between two moments: known again by their number. */
import { counted, grouped } from '#domain/count';
import type { LargeObject, OutsideBetween } from './outside-tables';

export type LargeObjectsDifference = {
  readonly total: number;
  readonly gone: number;
  readonly added: number;
  readonly otherContents: number;
  readonly otherRights: number;
  /** There on both sides, and not read on one of them. */
  readonly notCompared: number;
};

const areRead = (one: LargeObject, other: LargeObject) => one.contents !== null && other.contents !== null;

export const largeObjectsBetween = ({ before, after }: OutsideBetween): LargeObjectsDifference => {
  const now = new Map(after.largeObjects.map((object) => [object.oid, object]));
  const pairs = before.largeObjects.flatMap((object) => {
    const other = now.get(object.oid);
    return other ? [[object, other] as const] : [];
  });
  const total = before.largeObjects.length;
  return {
    total,
    gone: total - pairs.length,
    added: after.largeObjects.length - pairs.length,
    otherContents: pairs.filter(([one, other]) => areRead(one, other) && one.contents !== other.contents).length,
    otherRights: pairs.filter(([one, other]) => one.rights !== other.rights).length,
    notCompared: pairs.filter(([one, other]) => !areRead(one, other)).length,
  };
};

/** `9 of 20 large objects are gone`. */
export const goneInWords = ({ gone, total }: LargeObjectsDifference): string =>
  `${grouped(gone)} of ${counted(total, 'large object')} ${gone === 1 ? 'is' : 'are'} gone`;

/** What differs, one sentence each; empty when nothing does. */
export const describeLargeObjects = (difference: LargeObjectsDifference): readonly string[] => {
  const { gone, added, otherContents, otherRights } = difference;
  return [
    ...(gone > 0 ? [goneInWords(difference)] : []),
    ...(added > 0 ? [`${counted(added, 'large object')} came`] : []),
    ...(otherContents > 0 ? [`the contents of ${counted(otherContents, 'large object')} changed`] : []),
    ...(otherRights > 0 ? [`owner or privileges of ${counted(otherRights, 'large object')} changed`] : []),
  ];
};

/** `3 large objects`: what a list of tables that were not compared names; empty when all were. */
export const uncomparedLargeObjects = ({ notCompared }: LargeObjectsDifference): readonly string[] =>
  notCompared > 0
    ? [`${counted(notCompared, 'large object')} (the role may not read them, or they are too large)`]
    : [];
