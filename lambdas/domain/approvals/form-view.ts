/** The one form of the approval page. No script: what a browser does not check, the answer to the POST says. */
import { type Html, html, typed } from '#domain/html/html';
import { type FormEntry, type FormField, type FormProblem, fieldNames, maximumReasonCharacters } from './decision-form';
import type { ApprovalRequest } from './request';
import { stageQuestions } from './stages';

const problemText = (problems: readonly FormProblem[], field: FormField): Html | null => {
  const own = problems.filter((problem) => problem.field === field);
  return own.length === 0
    ? null
    : html`<p class="problem" id="${field}-problem">${own.map(({ message }) => message).join(' ')}</p>`;
};

const problemAttributes = (problems: readonly FormProblem[], field: FormField): Html | null =>
  problems.some((problem) => problem.field === field)
    ? html` aria-invalid="true" aria-describedby="${field}-hint ${field}-problem"`
    : html` aria-describedby="${field}-hint"`;

/** What keeps the form from being taken, with a way to each field. */
export const problemSummary = (problems: readonly FormProblem[]): Html | null =>
  problems.length === 0
    ? null
    : html`<div class="note bad" role="alert"><strong>Nothing was decided yet.</strong><ul>${problems.map(
        ({ field, message }) => html`<li><a href="#${field}">${message}</a></li>`,
      )}</ul></div>`;

const attestationView = (
  { stage, attestations }: Pick<ApprovalRequest, 'stage' | 'attestations'>,
  entry: FormEntry,
  problems: readonly FormProblem[],
): Html | null =>
  attestations.length === 0
    ? null
    : html`<fieldset id="attest"${problemAttributes(problems, 'attest')}><legend>What only a person can say</legend>
<p class="quiet" id="attest-hint">All are needed to approve, none to reject.</p>
${attestations.map(
  (box) =>
    html`<label class="choice"><input type="checkbox" name="${fieldNames.attest(box)}" value="yes"${
      entry.attested.includes(box) && html` checked`
    }><span>${box} ${stageQuestions[stage].attestations[box]}</span></label>`,
)}${problemText(problems, 'attest')}</fieldset>`;

const choiceView = (stage: ApprovalRequest['stage'], entry: FormEntry, problems: readonly FormProblem[]): Html => {
  const option = (value: string, word: string, consequence: string) =>
    html`<label class="choice"><input type="radio" name="${fieldNames.choice}" value="${value}" required${
      entry.choice === value && html` checked`
    }><span><strong>${word}</strong><br>${consequence}</span></label>`;
  const { onApproval, onRejection } = stageQuestions[stage];
  return html`<fieldset id="choice"${problemAttributes(problems, 'choice')}><legend>Your decision</legend>
<p class="quiet" id="choice-hint">It cannot be taken back.</p>
${option('approve', 'Approve', onApproval)}${option('reject', 'Reject', onRejection)}${problemText(problems, 'choice')}</fieldset>`;
};

export const formView = (
  request: Pick<ApprovalRequest, 'stage' | 'attestations'>,
  approver: string,
  entry: FormEntry,
  problems: readonly FormProblem[],
): Html => html`<section aria-labelledby="decision"><h2 id="decision">Decide</h2>
<form method="post" autocomplete="off">
<p class="quiet">You decide as ${approver}.</p>
${attestationView(request, entry, problems)}
${choiceView(request.stage, entry, problems)}
<label class="name" for="reason">Reason</label>
<p class="quiet" id="reason-hint">The report shows it under your name; up to ${maximumReasonCharacters} characters.</p>
<textarea id="reason" name="${fieldNames.reason}" required maxlength="${maximumReasonCharacters}"${problemAttributes(problems, 'reason')}>
${typed(entry.reason)}</textarea>${problemText(problems, 'reason')}
<label class="name" for="code">Code from the mail</label>
<p class="quiet" id="code-hint">8 characters, like ABCD-EFGH.</p>
<input class="code" type="text" id="code" name="${fieldNames.code}" value="${typed(entry.code)}" required maxlength="16" autocomplete="one-time-code" autocapitalize="characters" spellcheck="false"${problemAttributes(problems, 'code')}>${problemText(problems, 'code')}
<div><button type="submit">Send decision</button></div>
</form></section>`;
