/** What a person can do where a rollback cannot be made, or is not what is wanted: what was saved before the apply, or a new migration. */
import type { SavedThen } from '#domain/boxes/rollback-run';
import { sqlInSentence, type WrittenWayBack, writtenInWords } from '#domain/catalog/proved-way-back';
import { formatTime } from '#domain/html/page';

/** `command` is what a person types; null where there is none. */
export type RemainingWay = { readonly before: string; readonly command: string | null; readonly after: string };

const lostSince = '; everything that was written since is lost';

const restore = ({ at, command }: SavedThen): readonly RemainingWay[] =>
  command === null
    ? []
    : [{ before: `restore what was saved before the apply, on ${formatTime(at)}: `, command, after: lostSince }];

const goBack = ({ at, restorePoint }: SavedThen): readonly RemainingWay[] =>
  restorePoint === null
    ? []
    : [
        {
          before: `go back to the platform's restore point ${restorePoint.name} (branch ${restorePoint.branchId}), of ${formatTime(at)} and kept until ${formatTime(restorePoint.expiresAt)}`,
          command: null,
          after: lostSince,
        },
      ];

const byHand: RemainingWay = {
  before: 'leave it standing, and undo it in a new migration, which is rehearsed as every other one',
  command: null,
  after: '',
};

const newMigration = (written: WrittenWayBack | undefined): readonly RemainingWay[] => {
  const words = written && writtenInWords(written);
  if (!words) return [byHand];
  return written.on === 'what stands'
    ? [{ ...byHand, before: `leave it standing, and ${words}` }]
    : [byHand, { ...byHand, before: `make this rollback all the same, and then ${words}` }];
};

/** `written` is what a branch of now has proved. `saved` is null where nothing was saved before the apply, or nothing of it can be believed. */
export const remainingWays = (saved: SavedThen | null, written?: WrittenWayBack): readonly RemainingWay[] => [
  ...(saved ? [...restore(saved), ...goBack(saved)] : []),
  ...newMigration(written),
];

/** As one sentence, for messages. */
export const remainingInWords = (saved: SavedThen | null, written?: WrittenWayBack): string =>
  `What remains: ${remainingWays(saved, written)
    .map(({ before, command, after }) => `${before}${command ?? ''}${after}`)
    .join('; or ')}${written?.sql ? ` (${sqlInSentence(written.sql)})` : ''}.`;
