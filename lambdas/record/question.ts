/** A question that was put to people and the answers to it, as they lie in the store: what of them is signed by whom it must be. */
import { decisionFaults } from '#domain/approvals/conclude';
import type { AnsweredQuestion, Stored } from '#domain/approvals/evidence-of-approval';
import type { ApprovalDecision, ApprovalRequest } from '#domain/approvals/request';
import type { Stage } from '#domain/approvals/stages';
import { ApprovalInvalid } from '#domain/errors';
import { sha256Of } from '#domain/sha256';
import type { PublicKeys } from '#domain/signatures/signature';
import type { Ports } from '#lambdas/ports/ports';
import type { ArtifactStore } from '#lambdas/ports/store';
import { approvalKeys } from './keys';
import { signatureFault } from './signed';

export type Question = AnsweredQuestion & {
  /** One sentence for each thing that claims to be a part of it and is none; empty is good. */
  readonly faults: readonly string[];
};

type Read<T> = Stored<T> | { readonly fault: string } | null;

const readSigned = async <T>(store: ArtifactStore, publicKey: string, key: string): Promise<Read<T>> => {
  const bytes = await store.read(key);
  if (!bytes) return null;
  const ref = { key, sha256: sha256Of(bytes) };
  const fault = await signatureFault(store, publicKey, ref, bytes);
  return fault === null
    ? { ref, value: JSON.parse(bytes.toString('utf8')) as T }
    : { fault: `${key} is not believed: ${fault}` };
};

/** Why a signed request is not the one of this place; null when it is. */
const requestFault = ({ value }: Stored<ApprovalRequest>, runId: string, stage: Stage): string | null =>
  value.runId === runId && value.stage === stage && value.run.runId === runId
    ? null
    : `it asks for ${value.stage} of run ${value.runId}`;

const readDecision = async (
  store: ArtifactStore,
  publicKeys: PublicKeys,
  request: Stored<ApprovalRequest>,
  key: string,
): Promise<Stored<ApprovalDecision> | { readonly fault: string }> => {
  const read = await readSigned<ApprovalDecision>(store, publicKeys.decisions, key);
  if (!read) return { fault: `${key} was removed while it was read` };
  if ('fault' in read) return read;
  const { runId, stage } = request.value;
  const faults = [
    ...decisionFaults(request.value, request.ref, read.value),
    ...(approvalKeys.decision(runId, stage, read.value.by) === key ? [] : ['it lies under the name of somebody else']),
  ];
  return faults.length === 0 ? read : { fault: `${key} is not believed: ${faults.join('; ')}` };
};

/** Null when nothing was asked and nothing claims to be an answer. Nothing that is not believed is in the request and the decisions. */
export const examineQuestion = async (
  store: ArtifactStore,
  publicKeys: PublicKeys,
  runId: string,
  stage: Stage,
): Promise<Question | { readonly request: null; readonly faults: readonly string[] } | null> => {
  const answers = (await store.list(approvalKeys.decisions(runId, stage))).filter((key) => !key.endsWith('.sig'));
  const key = approvalKeys.request(runId, stage);
  const read = await readSigned<ApprovalRequest>(store, publicKeys.requests, key);
  const misplaced = read && 'ref' in read ? requestFault(read, runId, stage) : null;
  if (!read || 'fault' in read || misplaced !== null) {
    const unasked = answers.map((answer) => `${answer} answers a question that nobody has put`);
    const own = read && ('fault' in read ? read.fault : `${key} is not believed: ${misplaced}`);
    const faults = own === null ? unasked : [own, ...unasked];
    return faults.length === 0 ? null : { request: null, faults };
  }
  const decisions = await Promise.all(answers.map((answer) => readDecision(store, publicKeys, read, answer)));
  return {
    request: read,
    decisions: decisions.flatMap((one) => ('ref' in one ? [one] : [])),
    faults: decisions.flatMap((one) => ('fault' in one ? [one.fault] : [])),
  };
};

export const inIncidentWords = (faults: readonly string[]): string =>
  `somebody has written into the approvals of this run: ${faults.join('; ')}. Nothing of it is taken for an answer. Find out who could write there, and start a new run`;

/** Null when nothing was asked. Errors: ApprovalInvalid when anything lies there that is not believed. */
export const readQuestion = async (
  { store, signing }: Pick<Ports, 'store' | 'signing'>,
  runId: string,
  stage: Stage,
): Promise<AnsweredQuestion | null> => {
  const question = await examineQuestion(store, await signing.publicKeys(), runId, stage);
  if (question && question.faults.length > 0) throw new ApprovalInvalid(inIncidentWords(question.faults));
  return question?.request ? question : null;
};
