/** The first mail after an alarm, or after a failure behind the commit: it asks for nothing, and says that a question follows. */
import type { RollbackPin } from '#domain/ledger/rollback-pin';
import { messageOf } from '#domain/reports/closing';
import { shortened } from '#domain/shorten';
import { type Line, ownAddress } from '#domain/text/lines';
import { askForRollbackLines, runbookOfRollback } from './ask-for-rollback';

export type NoticeOfRollback = {
  readonly run: { readonly runId: string; readonly migration: string; readonly rollback: RollbackPin };
  /** What rang, or what failed. */
  readonly failure: { readonly state: string; readonly error: string; readonly cause: string };
  /** Whoever is going to be asked. */
  readonly people: readonly string[];
  /** Pages of the run that failed, and of the run of the rollback. */
  readonly failedRunUrl: string;
  readonly rollbackUrl: string;
  /** As the settings have it: it tells where a rollback is asked for. */
  readonly runUrl: string;
};

const standsInWords = ({ migration, rollback: { versions } }: NoticeOfRollback['run']) =>
  versions.some(({ isPartial }) => isPartial)
    ? `a part of ${migration} is committed and stands`
    : `${migration} is committed and stands`;

/** `line` is that of the medium. */
export const renderNoticeOfRollback = (
  { run, failure, people, failedRunUrl, rollbackUrl, runUrl }: NoticeOfRollback,
  line: Line,
): { readonly subject: string; readonly text: string } => {
  const cause = messageOf(failure.cause);
  const lines = [
    line`What happened: ${failure.state}: ${failure.error}: ${shortened(cause, 2_000)}`,
    line`What stands:   ${standsInWords(run)} on staging; nothing of it has been taken back, and nothing is decided.`,
    line`What goes on:  its rollback is rehearsed on a branch of the data of now, then the database is backed up; on a large database that takes a while. Then a mail asks ${people.join(', ')} whether to roll it back.`,
    '',
    'What you can do now: read the section of the runbook, look whether the application suffers and who blocks whom, and find the other approver.',
    line`What to read: ${runbookOfRollback(cause).join(', ')}`,
    'The run that failed:',
    ownAddress(failedRunUrl),
    'The run of the rollback, as it goes on:',
    ownAddress(rollbackUrl),
    '',
    'This message is to be known, not answered: it has no link that decides anything. Should no question come, and the run of the rollback have ended, ask for it again (docs/operations.md#at-any-later-time):',
    ...askForRollbackLines(runUrl, run),
  ];
  return {
    subject: line`${run.migration} is in trouble on staging: its rollback is being rehearsed, a question follows (run ${run.runId})`,
    text: `${lines.join('\n')}\n`,
  };
};
