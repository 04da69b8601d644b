/** The mail that asks one person: one link, which decides nothing, and a code, which no link scanner types. */
import { answersInWords, latestAnswers } from '#domain/evidence/answers';
import type { EvidenceDocument } from '#domain/evidence/document';
import { findingsInWords } from '#domain/evidence/findings';
import { formatTime } from '#domain/html/page';
import { dependentsIn } from '#domain/reports/dependents-view';
import { rollbackIn } from '#domain/reports/rollback-view';
import { dependentsInWords } from '#domain/review/dependents-in-words';
import { firstLines, shortened } from '#domain/shorten';
import { mailLine, ownAddress } from '#domain/text/lines';
import type { ShownRun } from './approval-page';
import { aboutRollbackLines } from './ask-for-rollback';
import { nobodySeen } from './blocked';
import { byUrgency } from './findings';
import { inTheWayText } from './in-the-way-view';
import { onCallInWords } from './on-call';
import type { ApprovalRequest } from './request';
import { printCode } from './secrets';
import { isAgain, isRollbackAgain, questionOf } from './stages';

// A mail is for knowing whether to open the page; the page has the rest.
const maximumListed = 5;

const foundText = (documents: readonly EvidenceDocument[]): readonly string[] => {
  const answers = latestAnswers(documents);
  const failed = byUrgency(answers).filter(({ answer }) => answer === 'failed');
  return [
    `${answersInWords(answers)}; ${findingsInWords(documents.flatMap(({ findings }) => findings))}`,
    ...firstLines(
      failed.map(({ box, reason }) => mailLine`failed ${box}: ${reason}`),
      { most: maximumListed, characters: 500, where: 'on the page' },
    ).map((line) => `  ${line}`),
  ];
};

/** The page has the lists. */
const dependentsText = (documents: readonly EvidenceDocument[]): readonly string[] => {
  const shown = dependentsIn(documents);
  return shown ? [mailLine`Depends on it: ${dependentsInWords(shown.dependents, shown.sessions)}`] : [];
};

const onCallText = (request: ApprovalRequest): readonly string[] => {
  const words = onCallInWords(request);
  return words === null ? [] : [mailLine`On call:      ${words}`];
};

/** A rollback that goes on without its rehearsal, or without a dump. */
const notRehearsedText = (documents: readonly EvidenceDocument[]): readonly string[] => {
  const { notRehearsed, notBackedUp } = rollbackIn(documents) ?? {};
  return [
    ...(notRehearsed === undefined
      ? []
      : ['', mailLine`This rollback is ${notRehearsed}. Two people have to approve it.`]),
    ...(notBackedUp === undefined ? [] : ['', mailLine`This rollback is ${notBackedUp.why}. ${notBackedUp.instead}`]),
  ];
};

/** The root blocker first; of many the first few, because the page has all of them. */
const blockedText = ({ blockers, tried }: NonNullable<ApprovalRequest['blocked']>): readonly string[] => [
  '',
  'Who blocks, the root first:',
  ...firstLines(blockers.length === 0 ? [nobodySeen] : blockers.map((blocker) => mailLine`${blocker}`), {
    most: maximumListed,
    characters: 1_000,
    where: 'on the page',
  }).map((line) => `  ${line}`),
  mailLine`Tried:        ${tried}`,
];

const failureText = ({
  failure,
  blocked,
  standing,
  run,
  stage,
}: Pick<ApprovalRequest, 'failure' | 'blocked' | 'standing' | 'stage'> &
  Partial<Pick<ApprovalRequest, 'run'>>): readonly string[] => {
  if (failure && run?.rollback && !run.rollback.failedRun && !isAgain(stage))
    return [mailLine`Asked because: ${shortened(failure.cause, 2_000)}`];
  if (blocked)
    return [
      ...blockedText(blocked),
      ...(standing === undefined ? [] : [mailLine`So far:       the migration is ${standing}`]),
    ];
  return failure
    ? [mailLine`What failed:  ${failure.state}: ${failure.error}: ${shortened(failure.cause, 2_000)}`]
    : [];
};

export type ApprovalMail = { readonly subject: string; readonly text: string };

export const renderApprovalMail = ({
  request,
  run,
  documents,
  pageUrl,
  code,
  decisionKey,
  runUrl,
}: {
  readonly request: ApprovalRequest;
  readonly run: ShownRun;
  readonly documents: readonly EvidenceDocument[];
  /** The whole address of the page, link and all. */
  readonly pageUrl: string;
  readonly code: string;
  /** Fingerprint of the key that signs decisions. */
  readonly decisionKey: string;
  /** As the settings have it: it tells where a rollback is asked for. */
  readonly runUrl: string;
}): ApprovalMail => {
  const { question, onApproval, onRejection, subject, choices } = questionOf(request);
  const { projectId, branchId, database } = run.target;
  const lines = [
    `${question} You are asked for your ${request.stage === 'review' ? 'review' : 'approval'}.`,
    '',
    mailLine`Migration:    ${run.migration}`,
    mailLine`Target:       staging (project ${projectId}, branch ${branchId}, database ${database})`,
    mailLine`Started by:   ${run.startedBy}, ${formatTime(run.startedAt)}`,
    `Answer until: ${formatTime(request.expiresAt)}`,
    mailLine`Run:          ${run.runId}`,
    ...onCallText(request),
    ...failureText(request),
    ...inTheWayText(request),
    ...notRehearsedText(documents),
    '',
    'Found so far:',
    ...foundText(documents),
    ...dependentsText(documents),
    '',
    ...(isAgain(request.stage)
      ? [`${choices.approve}: ${onApproval}`, `${choices.reject}: ${onRejection}`]
      : [`If you approve: ${onApproval}`]),
    ...(request.stage === 'rollback' ? aboutRollbackLines(runUrl, request.run, request.failure?.cause ?? '') : []),
    '',
    'Read what was found and decide here:',
    ownAddress(pageUrl),
    '',
    `Code: ${printCode(code)}`,
    '',
    'The page asks for the code. Opening it decides nothing. Link and code are yours alone: do not forward this mail.',
    '',
    'Keep this line: the evidence is verified with it. Decisions are signed with the key whose sha256 is',
    decisionKey,
  ];
  return {
    subject: mailLine`Approve ${subject} of ${run.migration} on staging (run ${run.runId})`,
    text: `${lines.join('\n')}\n`,
  };
};

const blockedWords = ({ stage, standing }: Pick<ApprovalRequest, 'stage' | 'standing'>) => {
  if (isRollbackAgain(stage))
    return { what: 'the rollback of ', soFar: 'It is not rolled back', asked: 'rollback', without: 'the run ends' };
  return standing === undefined
    ? { what: '', soFar: 'Nothing of it is applied', asked: 'apply', without: 'the run ends' }
    : { what: '', soFar: `It is ${standing}`, asked: 'apply', without: 'the approvers of the rollback are asked' };
};

/** For whoever started a run whose locks are not granted: it asks for nothing, and holds neither link nor code. */
export const renderBlockedMail = ({
  request,
  run,
  runUrl,
}: {
  readonly request: Pick<
    ApprovalRequest,
    'approvers' | 'expiresAt' | 'failure' | 'blocked' | 'standing' | 'stage' | 'inTheWay' | 'notLooked'
  >;
  readonly run: ShownRun;
  readonly runUrl: string;
}): ApprovalMail => {
  const { what, soFar, asked, without } = blockedWords(request);
  const lines = [
    mailLine`The locks of ${what}${run.migration} were not granted. ${soFar}. The approvers of the ${asked} are asked whether to try again.`,
    ...failureText(request),
    ...inTheWayText(request),
    '',
    mailLine`Asked:        ${request.approvers.join(', ')}`,
    `Answer until: ${formatTime(request.expiresAt)}; without an answer ${without}`,
    mailLine`Run:          ${run.runId}`,
    'Where it is:',
    ownAddress(runUrl),
    '',
    'End what blocks, or let it end, then tell those who are asked. This mail is to be known, not answered.',
  ];
  return {
    subject: mailLine`Blocked: ${what}${run.migration} waits for its locks on staging (run ${run.runId})`,
    text: `${lines.join('\n')}\n`,
  };
};
