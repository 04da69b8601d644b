/** The pages behind an approval link. */

import { count } from '#domain/count';
import type { EvidenceDocument } from '#domain/evidence/document';
import { type Extent, leftOutNote, renderWithin } from '#domain/html/extent';
import { type Html, type HtmlPart, html } from '#domain/html/html';
import { factList, formatTime, numberedLines, renderPage, tag } from '#domain/html/page';
import { strangeView } from '#domain/html/strange-view';
import type { RollbackPin } from '#domain/ledger/rollback-pin';
import { dependentsIn, dependentsView } from '#domain/reports/dependents-view';
import { rehearsalIn } from '#domain/reports/rehearsal';
import { rehearsalView } from '#domain/reports/rehearsal-view';
import { rollbackIn, rollbackView } from '#domain/reports/rollback-view';
import { schemaIn, schemaView } from '#domain/reports/schema-view';
import { nobodySeen } from './blocked';
import { approvalsOfDifferentPeople, concludingDecisions, inOrder } from './conclude';
import type { FormEntry, FormProblem } from './decision-form';
import { evidenceView, type LabelOf } from './evidence-view';
import { formView, problemSummary } from './form-view';
import { inTheWayView } from './in-the-way-view';
import { concludedOnCall, type OnCallNeeding, onCallInWords } from './on-call';
import { isSamePerson } from './person';
import { pullRequestIn } from './pull-request';
import type { ApprovalDecision, ApprovalRequest } from './request';
import { isAgain, questionOf } from './stages';

/** The part of a run's pin that the pages show. */
export type ShownRun = {
  readonly runId: string;
  readonly migration: string;
  readonly target: { readonly projectId: string; readonly branchId: string; readonly database: string };
  readonly startedBy: string;
  readonly startedAt: string;
  readonly pullRequest: string | null;
  /** Of a rollback that was asked for. */
  readonly rollback?: RollbackPin;
};

export type ApprovalView = {
  readonly request: ApprovalRequest;
  /** What others have answered so far. */
  readonly decisions: readonly ApprovalDecision[];
  readonly run: ShownRun;
  readonly approver: string;
  /** The pinned file, rollback section and all. */
  readonly sql: string;
  readonly rollbackSql: string;
  /** What was applied after it and is taken back before it, in that order; left out where there is none. */
  readonly later?: readonly { readonly migration: string; readonly rollbackSql: string }[];
  readonly documents: readonly EvidenceDocument[];
  /** What lies in the run's folder and is not of the run, one sentence each. */
  readonly strange: readonly string[];
  readonly labelOf: LabelOf;
  readonly entry: FormEntry;
  readonly problems: readonly FormProblem[];
};

const targetText = ({ target }: ShownRun) =>
  `staging: project ${target.projectId}, branch ${target.branchId}, database ${target.database}`;

/** A link only where it is an address: runs of version 0.3.0 and before have pinned any text. */
const pullRequestView = ({ pullRequest }: ShownRun): HtmlPart => {
  const address = pullRequest && pullRequestIn(pullRequest);
  return address ? html`<a href="${address}" rel="noopener noreferrer">${address}</a>` : pullRequest;
};

const runFacts = (run: ShownRun, expiresAt: string | null): Html =>
  factList([
    ['Migration', html`<code>${run.migration}</code>`],
    ['Target', targetText(run)],
    ['Run', run.runId],
    ['Started', `${formatTime(run.startedAt)} by ${run.startedBy}`],
    ['Pull request', pullRequestView(run)],
    ['Answer until', expiresAt && formatTime(expiresAt)],
  ]);

const blockedView = ({ blocked }: ApprovalRequest): Html | null =>
  blocked === undefined
    ? null
    : html`<section aria-labelledby="blocked"><h2 id="blocked">Who blocks, the root first</h2>
<ol>${(blocked.blockers.length === 0 ? [nobodySeen] : blocked.blockers).map((blocker) => html`<li>${blocker}</li>`)}</ol>
<p>${blocked.tried}.</p></section>`;

/** Why people are asked: what failed, in which run, or who asked for the rollback. */
const failureView = ({ failure, run, stage }: ApprovalRequest): Html | null => {
  if (failure && run.rollback?.failedRun)
    return html`${failureOf(failure)}<p>It failed in run <code>${run.rollback.failedRun.runId}</code>, which has all that was found before.</p>`;
  if (failure && run.rollback && !isAgain(stage))
    return html`<div class="note warn"><strong>Asked for by ${run.startedBy}</strong><br>${failure.cause}</div>`;
  return failureOf(failure);
};

const failureOf = (failure: ApprovalRequest['failure']): Html | null =>
  failure &&
  html`<div class="note bad"><strong>${failure.state} failed: ${failure.error}</strong><br>${failure.cause}</div>`;

const fileView = (text: string, label: string, { file }: Extent): Html =>
  text.length <= file
    ? numberedLines(text, label)
    : html`${leftOutNote(`${label} has ${text.length} characters, of which this page shows the first ${file}. Read the whole file before you decide.`)}
${numberedLines(text.slice(0, file), label)}`;

/**
 * The question with everything a person needs to answer it. A form that came back stands first, with what is wrong. What is too
 * much for one page is left out where it stands, and the page says so.
 */
export const renderApprovalPage = (view: ApprovalView): string => renderWithin((extent) => renderPageOf(view, extent));

const renderPageOf = (view: ApprovalView, extent: Extent): string => {
  const {
    request,
    decisions,
    run,
    approver,
    sql,
    rollbackSql,
    later = [],
    documents,
    strange,
    labelOf,
    entry,
    problems,
  } = view;
  const { title, question } = questionOf(request);
  const form = formView(request, approver, entry, problems);
  const isReturned = problems.length > 0;
  const body = html`<h1>${title}: ${run.migration}</h1>
${problemSummary(problems)}
${strangeView(strange)}
<p>${question} ${!isReturned && html`<a href="#decision">Go to the decision</a>`}</p>
${runFacts(run, request.expiresAt)}
${failureView(request)}
${blockedView(request)}
${inTheWayView(request)}
${standingView(request, decisions)}
${isReturned && form}
${schemaView(schemaIn(documents))}
${dependentsView(dependentsIn(documents), extent)}
${rollbackView(rollbackIn(documents), run.rollback, extent)}
${rehearsalView(rehearsalIn(documents), extent)}
${evidenceView(documents, labelOf, extent)}
<section aria-labelledby="sql"><h2 id="sql">The migration</h2>
${fileView(sql, `Migration ${run.migration}`, extent)}
<h3>Its rollback</h3>${fileView(rollbackSql, 'Rollback', extent)}
${later.map((one) => html`<h3>Taken back before it: ${one.migration}</h3>${fileView(one.rollbackSql, `Rollback of ${one.migration}`, extent)}`)}</section>
${!isReturned && form}`;
  return renderPage({ title: `${isReturned ? 'Not decided yet: ' : ''}${title}: ${run.migration}`, body });
};

const answerRow = ({ by, at, decision, reason, how, operator }: ApprovalDecision): Html =>
  html`<li>${tag(decision, decision === 'approved' ? 'good' : 'bad')} <div class="grow"><strong>${by}</strong>, ${formatTime(at)}${how === 'from the terminal' && `, from the terminal, by ${operator ?? 'an operator'}`}${how === 'nobody looked' && ', where nobody looked'}<br>${reason}</div></li>`;

const answersView = (decisions: readonly ApprovalDecision[]): Html | null =>
  decisions.length === 0 ? null : html`<ul class="rows">${inOrder(decisions).map(answerRow)}</ul>`;

/** Who has answered and how many are missing; nothing where one answer is enough. */
const standingView = (request: ApprovalRequest, decisions: readonly ApprovalDecision[]): Html | null => {
  const { approvalsNeeded = 1, approvers } = request;
  const onCall = onCallInWords(request);
  if (approvalsNeeded < 2) return onCall === null ? null : html`<p>${onCall}</p>`;
  const waitedFor = approvers.filter((address) => !decisions.some(({ by }) => isSamePerson(by, address)));
  const missing = approvalsNeeded - approvalsOfDifferentPeople(request, decisions).length;
  return html`<section aria-labelledby="standing"><h2 id="standing">Who has answered</h2>
<p>${count(approvalsNeeded, 'different person', 'different people')} must approve; ${missing} ${missing === 1 ? 'is' : 'are'} missing. One rejection ends it. Asked and not answered yet: ${waitedFor.join(', ') || 'nobody'}. ${onCall}</p>
${answersView(decisions)}</section>`;
};

const notesView = (notes: readonly string[]): Html =>
  html`${notes.map((note) => html`<p class="note warn" role="status">${note}</p>`)}`;

/** For somebody who has answered while others are waited for. */
export const renderWaitingPage = (
  run: ShownRun,
  request: ApprovalRequest,
  decisions: readonly ApprovalDecision[],
  notes: readonly string[],
): string =>
  renderPage({
    title: `Your answer is recorded: ${run.migration}`,
    body: html`<h1>Your answer is recorded: ${run.migration}</h1>
${notesView(notes)}
<p class="note good">The run goes on when enough people have approved.</p>
${standingView(request, decisions)}
${runFacts(run, request.expiresAt)}`,
  });

/** Who decided what, when and why. `notes` say what the reader should know besides. */
export const renderDecidedPage = (
  run: ShownRun,
  asked: Pick<ApprovalRequest, 'stage' | 'standing'> & OnCallNeeding,
  decision: ApprovalDecision,
  decisions: readonly ApprovalDecision[],
  notes: readonly string[],
): string => {
  const word = decision.decision === 'approved' ? 'Approved' : 'Rejected';
  const { title, onApproval, onRejection } = questionOf(asked);
  const { because = {} } = decision;
  const onCall = concludedOnCall(asked, concludingDecisions(asked, decisions) ?? []);
  const ownWords = Object.entries(because).map(([box, words]) => `${box}: ${words}`);
  const body = html`<h1>${word}: ${run.migration}</h1>
${notesView(notes)}
<p class="note ${word === 'Approved' ? 'good' : 'bad'}">${decision.by} has ${decision.decision} this. ${
    word === 'Approved' ? onApproval : onRejection
  }</p>
${factList([
  ['Question', title],
  ['Decided by', onCall === null ? decision.by : `one person on call, ${onCall}`],
  ['At', formatTime(decision.at)],
  ['Reason', decision.reason],
  ['Attested', decision.attested.join(', ')],
  ['Accepted', decision.accepted?.join(', ')],
  ['May be ended', decision.mayEnd?.map(({ processId }) => `process ${processId}`).join(', ')],
  ['For single boxes', ownWords.join('; ')],
])}
${decisions.length > 1 && html`<h2>All answers</h2>${answersView(decisions)}`}
${runFacts(run, null)}`;
  return renderPage({ title: `${word}: ${run.migration}`, body });
};

/** A page of words only, for links that lead to nothing a reader may see. */
export const renderMessagePage = (title: string, sentences: readonly string[]): string =>
  renderPage({ title, body: html`<h1>${title}</h1>${sentences.map((sentence) => html`<p>${sentence}</p>`)}` });
