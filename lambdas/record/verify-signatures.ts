/** Whether what decided a run, and the document that closed it, are signed by those who must have: no write access is enough for that. */
import { bindingOf } from '#domain/approvals/binding';
import { evidenceFaults } from '#domain/approvals/evidence-of-approval';
import { type Stage, stages } from '#domain/approvals/stages';
import type { ApprovalFacts } from '#domain/boxes/attestations';
import { closingDocument, type StoredEvidence } from '#domain/evidence/chain';
import { isSameJson } from '#domain/evidence/same-json';
import { fingerprintOf, type PublicKeys, type Signer, signers } from '#domain/signatures/signature';
import type { ArtifactStore } from '#lambdas/ports/store';
import { readJson } from './json';
import { approvalKeys, pinnedKeys, publicKeyKeys } from './keys';
import { examineQuestion } from './question';
import { readKeptPublicKeys, signatureFault } from './signed';

export type VerifiedSignatures = {
  /** One sentence for each fault; empty is good. */
  readonly problems: readonly string[];
  /** Why nothing of the run is signed, where an earlier version wrote it; null where it is. Such a run is verified by its hash only. */
  readonly unsigned: string | null;
  /** Of the keys that the signatures were verified with; null where nothing is signed. */
  readonly fingerprints: Readonly<Record<Signer, string>> | null;
  /** True when the keys are known from elsewhere than from beside the evidence. */
  readonly isAnchored: boolean;
};

const isBefore = (version: string | undefined, [major, minor]: readonly [number, number]): boolean => {
  const [itsMajor = 0, itsMinor = 0] = (version ?? '0').split('.').map(Number);
  return itsMajor < major || (itsMajor === major && itsMinor < minor);
};

/** The first version that signs. */
const signing = [0, 4] as const;

const claimsSignature = ({ document }: StoredEvidence) =>
  !isBefore(document.version, signing) || (document.facts as Partial<ApprovalFacts>).request !== undefined;

const fingerprintsOf = (keys: PublicKeys) => {
  const [requests, decisions, closing] = [keys.requests, keys.decisions, keys.closing].map(fingerprintOf);
  return { requests, decisions, closing } as Readonly<Record<Signer, string>>;
};

/** Keys beside the evidence could be anybody's: where ours are known, these must be they. */
const strangeKeys = (runId: string, kept: PublicKeys, known: PublicKeys | null): readonly string[] =>
  signers
    .filter((signer) => known && fingerprintOf(known[signer]) !== fingerprintOf(kept[signer]))
    .map(
      (signer) =>
        `${publicKeyKeys(runId)[signer]} has the fingerprint ${fingerprintOf(kept[signer])}, and the key of this installation has ${fingerprintOf(known?.[signer] ?? '')}: somebody else has signed`,
    );

const verifyStage = async (
  store: ArtifactStore,
  keys: PublicKeys,
  runId: string,
  stage: Stage,
  stored: readonly StoredEvidence[],
): Promise<readonly string[]> => {
  const question = await examineQuestion(store, keys, runId, stage);
  const evidence = stored.find(({ document }) => document.name === approvalKeys.evidenceName(stage));
  const faults = question?.faults ?? [];
  if (!question?.request) return evidence ? [...faults, `${evidence.ref.key} answers what nobody has asked`] : faults;
  const { value: request, ref } = question.request;
  const isBound = bindingOf({ run: request.run, stage, evidence: request.evidence }) === request.binding;
  const isPinned = isSameJson(await readJson(store, pinnedKeys(runId).run), request.run);
  return [
    ...faults,
    ...(isBound ? [] : [`${ref.key} is bound to something else than it says`]),
    ...(isPinned ? [] : [`${pinnedKeys(runId).run} is not the pin that people were asked about`]),
    ...(evidence
      ? evidenceFaults(evidence.document, question).map((fault) => `${evidence.ref.key} is not believed: ${fault}`)
      : []),
  ];
};

const verifyClosing = async (
  store: ArtifactStore,
  keys: PublicKeys,
  stored: readonly StoredEvidence[],
): Promise<readonly string[]> => {
  const last = closingDocument(stored);
  const bytes = last && (await store.read(last.ref.key));
  if (!last || !bytes) return [];
  const fault = await signatureFault(store, keys.closing, last.ref, bytes);
  return fault === null ? [] : [`${last.ref.key} is not believed: ${fault}`];
};

const nothingSigned = (stored: readonly StoredEvidence[]): VerifiedSignatures => {
  const claiming = stored.find(claimsSignature);
  return {
    problems: claiming
      ? [`the public keys of this run are missing, and ${claiming.ref.key} is of a version that signs`]
      : [],
    unsigned:
      'nobody has signed it: version 0.3.0 and before did not. Whoever could write its files could have changed all of them alike',
    fingerprints: null,
    isAnchored: false,
  };
};

/** `known` are the installation's public keys from elsewhere; null where there are none to compare with. */
export const verifySignatures = async (
  store: ArtifactStore,
  runId: string,
  stored: readonly StoredEvidence[],
  known: PublicKeys | null,
): Promise<VerifiedSignatures> => {
  try {
    const keys = await readKeptPublicKeys(store, runId);
    if (!keys) return nothingSigned(stored);
    const strange = strangeKeys(runId, keys, known);
    const approvals = await Promise.all(stages.map((stage) => verifyStage(store, keys, runId, stage, stored)));
    return {
      problems: [...strange, ...approvals.flat(), ...(await verifyClosing(store, keys, stored))],
      unsigned: null,
      fingerprints: fingerprintsOf(keys),
      isAnchored: known !== null,
    };
  } catch (error) {
    // Keys and requests that were tampered with need not have the form that is read here.
    return {
      ...nothingSigned([]),
      problems: [`the signatures of run ${runId} cannot be verified: ${(error as Error).message}`],
      unsigned: null,
    };
  }
};
