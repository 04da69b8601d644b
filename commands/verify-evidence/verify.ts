/** Verifies that nothing of a closed run was changed, added or removed. */
import type { DocumentName } from '#domain/boxes/facts';
import { closingDocument, type StoredEvidence, verifyBelongings, verifyChain } from '#domain/evidence/chain';
import type { EvidenceRef } from '#domain/evidence/document';
import type { PublicKeys } from '#domain/signatures/signature';
import type { ArtifactStore } from '#lambdas/ports/store';
import { listBelongings } from '#lambdas/record/belongings';
import { closedListOf } from '#lambdas/record/closed-list';
import { judgeAgain } from '#lambdas/record/judge-again';
import { verifyRollbackOfRun } from '#lambdas/record/rollback-of-run';
import { type RunFolder, readRunFolder } from '#lambdas/record/run-folder';
import { type VerifiedBackup, verifyBackupFiles } from '#lambdas/record/verify-backup-files';
import { verifyDocuments } from '#lambdas/record/verify-documents';
import { pinIn, verifyPin } from '#lambdas/record/verify-pin';
import { type VerifiedReport, verifyReport } from '#lambdas/record/verify-report';
import { type VerifiedSignatures, verifySignatures } from '#lambdas/record/verify-signatures';

/** Verifies what the chain itself does not cover: files beside the documents, the dump, and the last document's own hash. */
const verifyRest = async (
  store: ArtifactStore,
  runId: string,
  stored: readonly StoredEvidence[],
  wanted: string | null,
): Promise<VerifiedBackup> => {
  const last = closingDocument(stored);
  if (!last) return { problems: [], notes: [] };
  const listed = (last.document.facts['belongings'] ?? []) as readonly EvidenceRef[];
  const documents = stored.map(({ document }) => document);
  const { problems, notes } = await verifyBackupFiles(store, runId, documents);
  return {
    notes,
    problems: [
      ...verifyBelongings(listed, await listBelongings(store, runId, last.document.name)),
      ...problems,
      ...(wanted !== null && last.ref.sha256 !== wanted
        ? [`${last.ref.key} has sha256 ${last.ref.sha256}, expected ${wanted}`]
        : []),
    ],
  };
};

export type Verification = Omit<VerifiedSignatures, 'problems'> & {
  /** In the order in which they were finished. */
  readonly documents: readonly EvidenceRef[];
  /** How many answers were judged again from the stored facts. */
  readonly answers: number;
  /** How many of them another version of the product wrote in other words. */
  readonly reworded: number;
  /** Keys of documents of an older format, whose answers cannot be judged again. */
  readonly notJudged: readonly string[];
  /** How the report was compared; null for a run that has not ended. */
  readonly report: VerifiedReport['outcome'] | null;
  /** What is gone as it was planned, one sentence each. */
  readonly notes: readonly string[];
  /** One sentence each; empty is good. */
  readonly problems: readonly string[];
};

/** What is not of the run, and the report, as far as the run was closed. */
const verifyClosed = async (store: ArtifactStore, runId: string, folder: RunFolder) => {
  const { documents: stored, strange } = folder;
  const last = closingDocument(stored);
  if (!last) return { strange, report: null };
  const previous = last.document.previous.map((sha256) => ({ sha256 }));
  const before = stored.filter(({ ref }) => last.document.previous.includes(ref.sha256));
  const report = await verifyReport(store, pinIn(before), last, before);
  return {
    strange: closedListOf({ runId, name: last.document.name as DocumentName, previous }, folder).strange,
    report,
  };
};

/**
 * `sha256` is the closing document's hash from another source, the execution's output; `known` are the public keys of the
 * installation. Null when they are not known.
 */
export const verifyEvidence = async (
  store: ArtifactStore,
  runId: string,
  sha256: string | null,
  known: PublicKeys | null = null,
): Promise<Verification> => {
  const folder = await readRunFolder(store, runId);
  const { documents: stored } = folder;
  const { strange, report } = await verifyClosed(store, runId, folder);
  const { problems, answers, reworded, notJudged } = await judgeAgain(store, stored);
  const { problems: notSigned, ...signatures } = await verifySignatures(store, runId, stored, known);
  const rest = await verifyRest(store, runId, stored, sha256);
  return {
    ...signatures,
    notes: rest.notes,
    documents: stored.map(({ ref }) => ref),
    answers,
    reworded,
    notJudged,
    report: report?.outcome ?? null,
    problems: [
      ...strange,
      ...verifyChain(stored),
      ...verifyDocuments(runId, stored),
      ...problems,
      ...notSigned,
      ...(await verifyPin(store, runId, stored)),
      ...(await verifyRollbackOfRun(store, stored)),
      ...(report?.problems ?? []),
      ...rest.problems,
    ],
  };
};
