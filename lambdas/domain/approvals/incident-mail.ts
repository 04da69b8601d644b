/** The mail that says that something in the approvals of a run is not believed. It has no link that decides anything. */
import { firstLines } from '#domain/shorten';
import { mailLine, ownAddress } from '#domain/text/lines';
import type { ApprovalMail } from './mail-text';
import type { Stage } from './stages';

// A mail is for knowing that it happened; the run's report has the rest.
const maximumListed = 10;

export const renderIncidentMail = ({
  run,
  stages,
  found,
  ended,
  runUrl,
}: {
  readonly run: { readonly runId: string; readonly migration: string; readonly startedBy: string };
  /** The questions that it is about. */
  readonly stages: readonly Stage[];
  /** One sentence each. */
  readonly found: readonly string[];
  /** How the run ended. */
  readonly ended: string;
  readonly runUrl: string;
}): ApprovalMail => {
  const questions = stages.map((stage) => `approve ${stage}`).join(', ');
  const lines = [
    'What lies in the approvals of this run is not what people were asked and have answered. Nothing of it is taken for an answer, and the run has ended.',
    '',
    mailLine`Migration:    ${run.migration}`,
    mailLine`Question:     ${questions}`,
    mailLine`Started by:   ${run.startedBy}`,
    mailLine`Run:          ${run.runId}`,
    '',
    'Found:',
    ...firstLines(
      found.map((sentence) => mailLine`${sentence}`),
      { most: maximumListed, characters: 500, where: 'in the report of the run' },
    ).map((line) => `  ${line}`),
    '',
    mailLine`How it ended: ${ended}`,
    '',
    'Where it is:',
    ownAddress(runUrl),
    '',
    'You are asked for nothing here. Links and codes that were mailed for this run decide nothing any more. If a decision that you did not make lies under your name, or one that you made is missing, tell whoever keeps the store of the runs.',
  ];
  return {
    subject: mailLine`Approvals not believed: ${run.migration} (run ${run.runId})`,
    text: `${lines.join('\n')}\n`,
  };
};
