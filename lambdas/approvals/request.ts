/** Approve …: puts the question to the stage's approvers by mail. The run waits until one of them decides. */
import { bindingOf } from '#domain/approvals/binding';
import { blockedIn } from '#domain/approvals/blocked';
import type { AnsweredQuestion } from '#domain/approvals/evidence-of-approval';
import { exceptionsToAccept } from '#domain/approvals/exceptions';
import { readableFailure } from '#domain/approvals/failure';
import { openAttestations } from '#domain/approvals/findings';
import { enoughAlone } from '#domain/approvals/on-call';
import {
  differentPeople,
  eligibleApprovers,
  isSamePerson,
  nobodyCanApprove,
  whyNobodyCan,
} from '#domain/approvals/person';
import { type ApprovalRequest, isExpired, type WaitingTask } from '#domain/approvals/request';
import { type SealContext, seal, unseal } from '#domain/approvals/seal';
import { isAgain, isOfRollback, isRollbackAgain, roundOf, type Stage, stageQuestions } from '#domain/approvals/stages';
import { notBackedUpInWords } from '#domain/boxes/05-backup-database';
import { factsIn } from '#domain/boxes/facts';
import { blockersOfRound, whyNotLooked } from '#domain/boxes/locks-of-rollback';
import { whyNotRehearsed } from '#domain/boxes/not-rehearsed';
import { takesTwoPeople, unsavedIn } from '#domain/boxes/unsaved';
import { ApprovalInvalid, MigrationRefused } from '#domain/errors';
import type { EvidenceDocument } from '#domain/evidence/document';
import { isSameJson } from '#domain/evidence/same-json';
import type { Ports } from '#lambdas/ports/ports';
import { requirePin } from '#lambdas/record/approval';
import { requireClosedList } from '#lambdas/record/closed-list';
import { refuseClosedRun } from '#lambdas/record/closing';
import { readJson, writeJson } from '#lambdas/record/json';
import { approvalKeys } from '#lambdas/record/keys';
import { readQuestion } from '#lambdas/record/question';
import { keepPublicKeys, prepareSigned } from '#lambdas/record/signed';
import type { RequestApprovalInput } from '#statemachine/contract';
import { askApprover, tellStarter } from './ask-approver';
import { deliverConclusion } from './deliver-decision';

export type RequestApprovalOutput = { readonly approvers: readonly string[]; readonly expiresAt: string };

/** What no rehearsal has run, and what nothing would bring back, takes the look of two people. */
const neededFor = (
  { stage, run }: RequestApprovalInput,
  { settings }: Ports,
  documents: readonly EvidenceDocument[],
) => {
  const needed = settings.approvalsNeeded[stageQuestions[stage].approversOf];
  if (!isOfRollback(stage)) return { needed, onCall: [] };
  const notRehearsed = whyNotRehearsed(factsIn(documents, 'rehearse-rollback'));
  const unsaved = unsavedIn(documents);
  const unsafe = [
    ...(notRehearsed === null ? [] : [notRehearsed]),
    ...(unsaved && takesTwoPeople(unsaved) ? [notBackedUpInWords(unsaved.notBackedUp)] : []),
  ];
  return unsafe.length > 0
    ? { needed: Math.max(2, needed), onCall: [], because: `this rollback is ${unsafe.join('; and it is ')}` }
    : { needed, onCall: enoughAlone(settings.onCall, run) };
};

/** `because` is why it takes two whatever is configured. */
type Needed = { readonly needed: number; readonly onCall: readonly string[]; readonly because?: string };

const findApprovers = (
  { stage, run }: RequestApprovalInput,
  { settings }: Ports,
  { needed, onCall, because }: Needed,
): readonly string[] => {
  const { approversOf, subject } = stageQuestions[stage];
  const also = isOfRollback(stage) ? settings.onCall : [];
  const configured = differentPeople([...settings.approvers[approversOf], ...also]);
  const why = onCall.length > 0 ? null : whyNobodyCan(configured, run, needed);
  if (why !== null) {
    const reason = because === undefined ? why : `${why}; it takes two, because ${because}`;
    throw new MigrationRefused(nobodyCanApprove(subject, run.migration, reason));
  }
  return eligibleApprovers(configured, run, needed);
};

const boxesToSay = (stage: Stage, documents: readonly EvidenceDocument[]) => {
  const attestations = openAttestations(stage, documents);
  return { attestations, exceptions: exceptionsToAccept(stage, documents, attestations) };
};

/** Who blocks, where the question is whether to try again in spite of it. */
const blockedFor = (
  stage: Stage,
  failure: RequestApprovalInput['failure'],
  documents: readonly EvidenceDocument[],
): Pick<ApprovalRequest, 'blocked'> => {
  // What has kept Connect again from looking is in its own words.
  const blocked =
    isAgain(stage) && failure?.state !== 'Connect again'
      ? blockedIn(documents, isRollbackAgain(stage) ? 'roll-back' : '08-apply-migration')
      : null;
  return blocked ? { blocked } : {};
};

/** Who was in the way when it was looked before this very question. */
const inTheWayFor = (
  stage: Stage,
  documents: readonly EvidenceDocument[],
): Pick<ApprovalRequest, 'inTheWay' | 'notLooked'> => {
  if (!isOfRollback(stage)) return {};
  const round = roundOf(stage);
  const { inTheWay } = blockersOfRound(documents, round);
  const notLooked = whyNotLooked(documents, round);
  if (inTheWay) return { inTheWay };
  return notLooked === null ? {} : { notLooked };
};

const standingFor = (stage: Stage, failure: RequestApprovalInput['failure']): Pick<ApprovalRequest, 'standing'> =>
  isAgain(stage) && failure?.standing !== undefined ? { standing: failure.standing } : {};

type People = Needed & { readonly approvers: readonly string[] };

const composeRequest = (
  { run, stage, previous, failure }: RequestApprovalInput,
  binding: string,
  now: Date,
  documents: readonly EvidenceDocument[],
  { approvers, needed: approvalsNeeded, onCall }: People,
): ApprovalRequest => ({
  format: 2,
  runId: run.runId,
  stage,
  run,
  requestedAt: now.toISOString(),
  expiresAt: new Date(now.getTime() + run.approvalTimeoutSeconds * 1000).toISOString(),
  binding,
  evidence: previous,
  ...boxesToSay(stage, documents),
  approvers,
  approvalsNeeded,
  ...(onCall.length > 0 && { onCall }),
  failure: failure ? readableFailure(failure) : null,
  ...blockedFor(stage, failure, documents),
  ...inTheWayFor(stage, documents),
  ...standingFor(stage, failure),
});

/** The question as it was put before, while it and the people are the same and there is time to answer it: nothing changes for those who were asked. */
const findAsked = (
  asked: AnsweredQuestion | null,
  { run, stage }: RequestApprovalInput,
  binding: string,
  { approvers, needed, onCall }: People,
  now: Date,
): AnsweredQuestion | null => {
  if (!asked) return null;
  const { request, decisions } = asked;
  if (request.value.binding !== binding) {
    const [decided] = decisions.map(({ value }) => value);
    if (!decided) return null;
    throw new ApprovalInvalid(
      `the ${stage} of run ${run.runId} was ${decided.decision} by ${decided.by} for other evidence than there is now; start a new run`,
    );
  }
  const isStillAsked =
    !isExpired(request.value, now) &&
    isSameJson(request.value.approvers, approvers) &&
    (request.value.approvalsNeeded ?? 1) === needed &&
    isSameJson(request.value.onCall ?? [], onCall);
  return decisions.length > 0 || isStillAsked ? asked : null;
};

const putQuestion = async ({ store, signing }: Ports, request: ApprovalRequest): Promise<AnsweredQuestion> => {
  const key = approvalKeys.request(request.runId, request.stage);
  const { ref, text } = await prepareSigned(store, key, request, (bytes) => signing.signRequest(bytes));
  await store.write(key, text);
  return { request: { ref, value: request }, decisions: [] };
};

/** True when this very task was asked for before; a token that cannot be opened is another task's. */
const isOfTask = (earlier: WaitingTask, approvalsKey: Buffer, context: SealContext, taskToken: string): boolean => {
  try {
    return unseal(approvalsKey, context, earlier.sealedToken) === taskToken;
  } catch (error) {
    if (error instanceof ApprovalInvalid) return false;
    throw error;
  }
};

/** Whoever decides from now on answers this task. */
const keepTask = async ({ store }: Ports, approvalsKey: Buffer, { run, stage, taskToken }: RequestApprovalInput) => {
  const key = approvalKeys.task(run.runId, stage);
  const context = { runId: run.runId, stage };
  const earlier = await readJson<WaitingTask>(store, key);
  if (earlier && isOfTask(earlier, approvalsKey, context, taskToken)) return;
  const task: WaitingTask = { sealedToken: seal(approvalsKey, context, taskToken) };
  await writeJson(store, key, task);
};

const hasAnswered = (question: AnsweredQuestion | null, person: string) =>
  question?.decisions.some(({ value }) => isSamePerson(value.by, person)) ?? false;

export const run = async (input: RequestApprovalInput, ports: Ports): Promise<RequestApprovalOutput> => {
  const { run: pin, stage, previous: evidence } = input;
  const { store, clock, secrets } = ports;
  await refuseClosedRun(store, pin.runId);
  await requirePin(ports, pin);
  const documents = await requireClosedList(store, {
    runId: pin.runId,
    name: approvalKeys.evidenceName(stage),
    previous: evidence,
  });
  const needing = neededFor(input, ports, documents);
  const people = { ...needing, approvers: findApprovers(input, ports, needing) };
  const binding = bindingOf({ run: pin, stage, evidence });
  await keepPublicKeys(ports, pin.runId);

  const asked = await readQuestion(ports, pin.runId, stage);
  const earlier = findAsked(asked, input, binding, people, clock.now());
  const { request } =
    earlier ?? (await putQuestion(ports, composeRequest(input, binding, clock.now(), documents, people)));
  const approvalsKey = await secrets.approvalsKey();
  await keepTask(ports, approvalsKey, input);

  // Read after the task is written: whoever decided until now may have answered an earlier task, and from now on answers this
  // one. Nobody is asked twice.
  const answered = await readQuestion(ports, pin.runId, stage);
  const delivery = answered ? await deliverConclusion(ports, answered) : 'not concluded';
  if (delivery === 'not concluded')
    for (const approver of request.value.approvers.filter((one) => !hasAnswered(answered, one)))
      await askApprover(ports, approvalsKey, pin, request, documents, approver);
  if (delivery === 'not concluded') await tellStarter(ports, pin, request);
  return { approvers: request.value.approvers, expiresAt: request.value.expiresAt };
};
