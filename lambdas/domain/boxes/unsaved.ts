/** What a rollback that goes on without a backup has to go back to, and how many people it takes. */
import type { EvidenceDocument } from '#domain/evidence/document';
import {
  type BackupFacts,
  type NotBackedUp,
  noRestorePointInWords,
  type RestorePoint,
  restorePointInWords,
} from './05-backup-database';

type Unsaved = { readonly notBackedUp: NotBackedUp; readonly restorePoint?: RestorePoint };

/** True where it was only a lock, so that whoever is in the way can be ended. */
const isForLock = ({ error = 'LockNotAvailable' }: NotBackedUp) => error === 'LockNotAvailable';

/**
 * True where a rollback without a backup takes two people: there is no restore point either, or the backup failed of something that
 * nobody has understood yet. A lock is understood: who holds it is named.
 */
export const takesTwoPeople = ({ notBackedUp, restorePoint }: Unsaved): boolean =>
  !restorePoint?.isRestorable || !isForLock(notBackedUp);

/** What a rollback without a good dump has to go back to, and how to have one first, as sentences. */
export const withoutDumpOfNow = (unsaved: Unsaved): string => {
  const { notBackedUp, restorePoint } = unsaved;
  const { dump } = notBackedUp;
  const left = restorePoint?.isRestorable
    ? `What there is to go back to: ${restorePointInWords(restorePoint)}.`
    : `There is nothing to go back to: ${noRestorePointInWords(restorePoint)}.`;
  const unproved = dump
    ? [
        `The dump ${dump.uri} was written, and nobody knows whether it comes back${dump.command === null ? '' : `; to try it on an empty database: ${dump.command}`}.`,
      ]
    : [];
  const people = takesTwoPeople(unsaved) ? ['Two people have to approve it.'] : [];
  const first = isForLock(notBackedUp)
    ? 'To have a dump first, end the session that is in the way, reject this, and ask for the rollback again; a session that is ticked here is ended only after the approval, and no dump is made then.'
    : 'To have a dump first, mend what it failed of, reject this, and ask for the rollback again.';
  return [left, ...unproved, ...people, first].join(' ');
};

/**
 * Of a rollback of which people are asked, or were: what was saved of the data of now, where it is no backup. Also where Step 5 itself
 * was cut off, and said nothing or left only its error. Null where there is a backup, and in a run of the checklist.
 */
export const unsavedIn = (documents: readonly EvidenceDocument[]): Unsaved | null => {
  const find = (name: string) => documents.findLast((one) => one.name === name);
  const step = find('05-backup-database');
  if (!find('rehearse-rollback')) return null;
  const { notBackedUp, restorePoint } = (step?.facts ?? {}) as Partial<BackupFacts>;
  if (step && step.error === null) return notBackedUp ? { notBackedUp, ...(restorePoint && { restorePoint }) } : null;
  const { backupFailure } = (find('find-blockers')?.facts ?? {}) as { readonly backupFailure?: NotBackedUp };
  const { name: error, message: because } = step?.error ?? {
    name: 'Unknown',
    message: 'Step 5 was cut off, and left no word of what it failed of',
  };
  return { notBackedUp: notBackedUp ?? backupFailure ?? { because, error }, ...(restorePoint && { restorePoint }) };
};
