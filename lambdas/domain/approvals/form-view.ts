/** The one form of the approval page. No script: what a browser does not check, the answer to the POST says. */
import { type Html, html, typed } from '#domain/html/html';
import { isSameSession, sessionName } from '#domain/locks/in-the-way';
import {
  type FormEntry,
  type FormField,
  type FormProblem,
  fieldNames,
  maximumBecauseCharacters,
  maximumReasonCharacters,
} from './decision-form';
import { questionOf } from './stages';
import { type AskedBoxes, endable, type Tick, ticksOf } from './ticks';

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

const becauseView = ({ box, asks }: Tick, entry: FormEntry, problems: readonly FormProblem[]): Html | null => {
  if (asks === null) return null;
  const field = `because-${box}` as const;
  return html`<div class="because"><label for="${field}">${box}: ${asks}</label>
<textarea id="${field}" name="${fieldNames.because(box)}" rows="2" maxlength="${maximumBecauseCharacters}"${
    problems.some((problem) => problem.field === field) &&
    html` aria-invalid="true" aria-describedby="${field}-problem"`
  }>
${typed(entry.because[box] ?? '')}</textarea>${problemText(problems, field)}</div>`;
};

/** The groups of ticks, each with what it means to tick them. */
const groups: Readonly<Record<Tick['kind'], { readonly legend: string; readonly hint: string }>> = {
  attest: { legend: 'What only a person can say', hint: 'All are needed to approve, none to reject.' },
  accept: {
    legend: 'What failed or is open so far',
    hint: 'Approving goes on in spite of each of them, so each is accepted by name; the report lists them under your name. None is needed to reject.',
  },
};

const ticksView = (
  kind: Tick['kind'],
  ticks: readonly Tick[],
  entry: FormEntry,
  problems: readonly FormProblem[],
): Html | null => {
  const own = ticks.filter((tick) => tick.kind === kind);
  const ticked = kind === 'attest' ? entry.attested : entry.accepted;
  const { legend, hint } = groups[kind];
  return own.length === 0
    ? null
    : html`<fieldset id="${kind}"${problemAttributes(problems, kind)}><legend>${legend}</legend>
<p class="quiet" id="${kind}-hint">${hint}</p>
${own.map(
  (tick) =>
    html`<label class="choice"><input type="checkbox" name="${fieldNames[kind](tick.box)}" value="yes"${
      ticked.includes(tick.box) && html` checked`
    }><span>${tick.statement}</span></label>${becauseView(tick, entry, problems)}`,
)}${problemText(problems, kind)}</fieldset>`;
};

/** Nobody has to tick any of them; the list above says what each one does. */
const endingsView = (request: AskedBoxes, entry: FormEntry): Html | null => {
  const sessions = endable(request);
  return sessions.length === 0
    ? null
    : html`<fieldset id="end" aria-describedby="end-hint"><legend>Sessions that the rollback may end</legend>
<p class="quiet" id="end-hint">Before each attempt, those that you tick are ended where they still are the same and still in the way; what they have not committed is lost. No other session is ended. Where several people approve, only those that all of them tick.</p>
${sessions.map(
  (session) =>
    html`<label class="choice"><input type="checkbox" name="${fieldNames.end(session.processId)}" value="yes"${
      entry.mayEnd.some((one) => isSameSession(one, session)) && html` checked`
    }><span>End ${sessionName(session)}</span></label>`,
)}</fieldset>`;
};

const choiceView = (request: AskedBoxes, entry: FormEntry, problems: readonly FormProblem[]): Html => {
  const option = (value: string, word: string, consequence: string) =>
    html`<label class="choice"><input type="radio" name="${fieldNames.choice}" value="${value}" required${
      entry.choice === value && html` checked`
    }><span><strong>${word}</strong><br>${consequence}</span></label>`;
  const { onApproval, onRejection, choices } = questionOf(request);
  return html`<fieldset id="choice"${problemAttributes(problems, 'choice')}><legend>Your decision</legend>
<p class="quiet" id="choice-hint">It cannot be taken back.</p>
${option('approve', choices.approve, onApproval)}${option('reject', choices.reject, onRejection)}${problemText(problems, 'choice')}</fieldset>`;
};

export const formView = (
  request: AskedBoxes,
  approver: string,
  entry: FormEntry,
  problems: readonly FormProblem[],
): Html => html`<section aria-labelledby="decision"><h2 id="decision">Decide</h2>
<form method="post" autocomplete="off">
<p class="quiet">You decide as ${approver}.</p>
${ticksView('attest', ticksOf(request), entry, problems)}
${ticksView('accept', ticksOf(request), entry, problems)}
${endingsView(request, entry)}
${choiceView(request, entry, problems)}
<label class="name" for="reason">Reason</label>
<p class="quiet" id="reason-hint">The report shows it under your name; up to ${maximumReasonCharacters} characters.</p>
<textarea id="reason" name="${fieldNames.reason}" required maxlength="${maximumReasonCharacters}"${problemAttributes(problems, 'reason')}>
${typed(entry.reason)}</textarea>${problemText(problems, 'reason')}
<label class="name" for="code">Code from the mail</label>
<p class="quiet" id="code-hint">8 characters, like ABCD-EFGH.</p>
<input class="code" type="text" id="code" name="${fieldNames.code}" value="${typed(entry.code)}" required maxlength="16" autocomplete="one-time-code" autocapitalize="characters" spellcheck="false"${problemAttributes(problems, 'code')}>${problemText(problems, 'code')}
<div><button type="submit">Send decision</button></div>
</form></section>`;
