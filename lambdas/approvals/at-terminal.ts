/**
 * Decisions and new links from the terminal of whoever runs the workflow: the way out when mail or pages fail. Who may is asked
 * by the caller; what is decided is signed, bound and delivered as on the page, and marked as what it is.
 */
import { fieldNames, type ParsedForm, parseDecisionForm } from '#domain/approvals/decision-form';
import { isSamePerson } from '#domain/approvals/person';
import type { ApprovalDecision, LinkRecord } from '#domain/approvals/request';
import { linkOf } from '#domain/approvals/secrets';
import type { Tick } from '#domain/approvals/ticks';
import { endable, ticksOf } from '#domain/approvals/ticks';
import { ApprovalInvalid, InvalidInput } from '#domain/errors';
import type { Ports } from '#lambdas/ports/ports';
import { toJson } from '#lambdas/record/json';
import { approvalKeys } from '#lambdas/record/keys';
import { readQuestion } from '#lambdas/record/question';
import { askApprover } from './ask-approver';
import { deliverConclusion } from './deliver-decision';
import { failRun } from './fail-run';
import { type OpenApproval, openRecord } from './open-approval';
import { recordDecision } from './record-decision';
import { verifyBinding } from './verify-binding';
import { findAskedPerson, findWaiting } from './waiting-questions';
import { becameOf, changeOfMind, overruled } from './what-became-of-it';

export type TerminalDecision = {
  readonly runId: string;
  /** Null where the run has one question only. */
  readonly stage: string | null;
  /** In whose name. */
  readonly person: string;
  /** Who is at the terminal, as the system knows them: never what they say of themselves. */
  readonly operator: string;
  /** The fields of the page's form, without a code. */
  readonly form: Readonly<Record<string, string>>;
};

/** What was done, in sentences. */
export type Told = { readonly isTaken: boolean; readonly lines: readonly string[] };

const tickInWords = ({ box, kind, statement, asks }: Tick) =>
  `--${kind} "${box}${asks === null ? '' : ': …'}"  ${statement}${asks === null ? '' : ` ${asks}`}`;

/** Errors: InvalidInput, with everything that is missing. */
const parseSaid = (approval: OpenApproval, form: TerminalDecision['form']) => {
  const ticks = ticksOf(approval.request);
  const known = [
    ...ticks.map(({ kind, box }) => fieldNames[kind](box)),
    ...endable(approval.request).map(({ processId }) => fieldNames.end(processId)),
  ];
  const unknown = Object.keys(form).filter((name) => /^(attest|accept|end)-/.test(name) && !known.includes(name));
  const parsed: ParsedForm = parseDecisionForm(approval.request, form);
  const problems = [
    ...unknown.map((name) => `${name.replace('-', ' ')} was not asked for.`),
    ...parsed.problems.filter(({ field }) => field !== 'code').map(({ message }) => message),
  ];
  const { decision } = parsed;
  if (problems.length === 0 && decision !== null) return { ...parsed, decision };
  const asked = ticks.length === 0 ? [] : ['What an approval says box by box:', ...ticks.map(tickInWords)];
  throw new InvalidInput(['nothing was decided:', ...problems, ...asked].join('\n'));
};

const openFor = async (ports: Ports, record: LinkRecord): Promise<OpenApproval> => {
  const approval = await openRecord(ports, record);
  if (approval && 'incident' in approval) throw approval.incident;
  if (approval) return approval;
  throw new InvalidInput(
    `${record.approver} may not decide the ${record.stage} of run ${record.runId}, or it was asked anew`,
  );
};

/** Delivers what stands under this person's name. */
const carryOut = async (ports: Ports, record: LinkRecord): Promise<readonly string[]> => {
  const question = await readQuestion(ports, record.runId, record.stage);
  const approval = await openFor(ports, record);
  const { decision, own, request, approver } = approval;
  if (!question || !own)
    throw new ApprovalInvalid(`the decision in the name of ${approver} was removed; start a new run`);
  if (!decision)
    return [
      `It is recorded. ${request.approvalsNeeded ?? 1} different people must approve, and whoever is at this terminal counts as one of them, together with whoever started the run: the others decide on their pages.`,
    ];
  const loss = overruled(approval);
  return [loss ?? (await becameOf(ports, approval, await deliverConclusion(ports, question)))];
};

const decide = async (ports: Ports, record: LinkRecord, { operator, form }: TerminalDecision): Promise<Told> => {
  const approval = await openFor(ports, record);
  const { request, run, own, approver } = approval;
  await verifyBinding(ports.store, run, request);
  const { decision, reason, entry } = parseSaid(approval, form);
  const standing = (by: ApprovalDecision, isTaken: boolean): string =>
    `${approver} had ${by.decision} this already, ${by.how ?? 'on the page'}${isTaken ? '' : '; a decision cannot be taken back'}.`;
  if (own) {
    const regret = changeOfMind(approval, decision, ports.settings);
    if (regret !== null) return { isTaken: false, lines: [standing(own, false)] };
    return { isTaken: true, lines: [standing(own, true), ...(await carryOut(ports, record))] };
  }
  await recordDecision(ports, approval, { decision, reason, entry, how: 'from the terminal', operator });
  const lines = await carryOut(ports, record);
  const { own: kept } = await openFor(ports, record);
  // They may have answered on their page at the same moment: the first stands.
  if (kept && (kept.how !== 'from the terminal' || kept.decision !== decision))
    return { isTaken: kept.decision === decision, lines: [standing(kept, kept.decision === decision), ...lines] };
  return { isTaken: true, lines: [`${decision} from the terminal by ${operator} as ${approver}.`, ...lines] };
};

/** Errors: InvalidInput; ApprovalInvalid, after the run was ended for it. */
export const decideAtTerminal = async (ports: Ports, wanted: TerminalDecision): Promise<Told> => {
  const question = await findWaiting(ports, wanted.runId, wanted.stage);
  const { ref, value } = question.request;
  const approver = findAskedPerson(question, wanted.person);
  const record: LinkRecord = { runId: value.runId, stage: value.stage, approver, requestSha256: ref.sha256 };
  try {
    return await decide(ports, record, wanted);
  } catch (error) {
    if (error instanceof ApprovalInvalid) await failRun(ports, record, error);
    throw error;
  }
};

/** Beyond it somebody resends in a loop. */
const mostLinks = 20;

/** Of the first link that was not made yet for this person. */
const nextNumber = async ({ store }: Ports, approvalsKey: Buffer, record: LinkRecord): Promise<number> => {
  for (let number = 2; number <= mostLinks; number += 1)
    if ((await store.read(approvalKeys.link(linkOf(approvalsKey, { ...record, number })))) === null) return number;
  throw new InvalidInput(
    `${record.approver} was sent ${mostLinks} links for this question; decide it from the terminal`,
  );
};

const keepResent = async (
  { store, clock }: Pick<Ports, 'store' | 'clock'>,
  { runId, stage, approver }: LinkRecord,
  number: number,
  by: string,
): Promise<void> => {
  const text = toJson({ runId, stage, approver, by, at: clock.now().toISOString() });
  await store.writeIfAbsent(approvalKeys.resent(runId, stage, approver, number), text);
};

/**
 * Mails a new link with a new code to those asked who have not answered, or to one of them; the links before it go on working, each
 * for five codes. Who had it sent, to whom and when is evidence of the run. Errors: InvalidInput, ApprovalInvalid.
 */
export const resendLinks = async (
  ports: Ports,
  wanted: Pick<TerminalDecision, 'runId' | 'stage' | 'operator'> & { readonly to: string | null },
): Promise<Told> => {
  const question = await findWaiting(ports, wanted.runId, wanted.stage);
  const { ref, value: request } = question.request;
  const { documents } = await verifyBinding(ports.store, request.run, request);
  const people = wanted.to === null ? request.approvers : [findAskedPerson(question, wanted.to)];
  const hasAnswered = (person: string) => question.decisions.some(({ value }) => isSamePerson(value.by, person));
  const waited = people.filter((person) => !hasAnswered(person));
  const approvalsKey = await ports.secrets.approvalsKey();
  for (const approver of waited) {
    const record: LinkRecord = { runId: request.runId, stage: request.stage, approver, requestSha256: ref.sha256 };
    const number = await nextNumber(ports, approvalsKey, record);
    // Before the mail: a link that works is never without it.
    await keepResent(ports, record, number, wanted.operator);
    await askApprover(ports, approvalsKey, request.run, question.request, documents, approver, number);
  }
  return waited.length === 0
    ? { isTaken: false, lines: [`${people.join(', ')} has answered already; nothing was sent.`] }
    : { isTaken: true, lines: [`A new link with a new code was mailed to ${waited.join(', ')}.`] };
};
