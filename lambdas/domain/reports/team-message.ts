/** The message to the team after a migration was applied: description, time, warnings, next steps. */
import type { AcceptedException } from '#domain/boxes/attestations';
import type { BoxAnswer } from '#domain/evidence/document';
import { shortened } from '#domain/shorten';
import { type Line, ownAddress } from '#domain/text/lines';

export type TeamMessage = { readonly subject: string; readonly text: string };

const hours = (seconds: number) => (seconds >= 3600 ? `${Math.round(seconds / 360) / 10} h` : `${seconds} s`);

/** `line` is that of the medium. Warnings are the boxes that a person accepted although they failed, and those that nobody could answer. */
export const renderTeamMessage = (
  {
    migration,
    purpose,
    durationMs,
    appliedBy,
    monitorSeconds,
    reportUrl,
    answers,
    accepted = [],
    isDemonstration = false,
  }: {
    readonly migration: string;
    readonly purpose: string;
    readonly durationMs: number;
    readonly appliedBy: string;
    readonly monitorSeconds: number;
    readonly reportUrl: string;
    readonly answers: readonly BoxAnswer[];
    readonly accepted?: readonly AcceptedException[];
    /** Nobody looked: the run ends without a sign-off. */
    readonly isDemonstration?: boolean;
  },
  line: Line,
): TeamMessage => {
  const acceptedInWords = (box: BoxAnswer['box'], answer: BoxAnswer['answer']) =>
    accepted
      .filter((one) => one.box === box && one.answer === answer)
      .map(({ by, because }) => `; accepted by ${by}: ${because}`)
      .join('');
  const warnings = answers
    .filter(({ answer }) => answer === 'failed' || answer === 'open')
    .map(
      ({ box, answer, reason }) => line`  ${box} ${answer}: ${shortened(reason, 500)}${acceptedInWords(box, answer)}`,
    );
  return {
    subject: line`Migration ${migration} was applied to staging`,
    text: [
      line`Description: ${purpose}`,
      `Execution time: ${(durationMs / 1000).toFixed(3)} s`,
      line`Approved by: ${appliedBy}`,
      warnings.length > 0 ? `Warnings:\n${warnings.join('\n')}` : 'Warnings: none',
      `Next steps: the target is watched for ${hours(monitorSeconds)}; when it stays quiet, ${isDemonstration ? 'the demonstration ends; it is no sign-off' : 'the run is signed off'}. Dependent services may use the new schema.`,
      `Run: ${ownAddress(reportUrl)}`,
    ].join('\n\n'),
  };
};
