/** The run's report from what the store keeps, and from nothing else: whoever makes it again gets the same bytes. */
import type { ReportFacts } from '#domain/boxes/facts';
import { rooms } from '#domain/boxes/rooms';
import type { StoredEvidence } from '#domain/evidence/chain';
import type { EvidenceDocument, Finding } from '#domain/evidence/document';
import type { Closing } from '#domain/reports/closing';
import { renderHtmlReport } from '#domain/reports/html-report';
import { renderMarkdownReport } from '#domain/reports/markdown';
import { buildReport, type Report, type ReportInput } from '#domain/reports/report';
import { isTakenBack } from '#domain/reports/rollback-closing';
import { sha256Of } from '#domain/sha256';
import { printJson } from '#domain/text/visible';
import { checklist, type Step } from '#lambdas/checklist';
import type { ArtifactStore } from '#lambdas/ports/store';
import type { RunPin } from '#statemachine/contract';
import { reportKeys } from './keys';
import type { LinksOfRun } from './link-files';
import { documentsOfRollback } from './order';
import { readPinnedMigration } from './pinned-migration';

/** What the report says beyond the documents before it: the document that closes the run keeps it. */
export type Ending = Pick<ReportInput, 'outcome' | 'cause' | 'finishedAt'> & {
  readonly entry: ReportFacts['entry'];
  readonly findings: readonly Finding[];
} & LinksOfRun;

export type RenderedReport = {
  readonly report: Report;
  /** The bytes of each form, by key. */
  readonly files: Readonly<Record<string, string>>;
};

/** A rollback answers the boxes of its own states; the others were answered by the run that applied the migration. */
const checklistOf = ({ rollback }: RunPin): readonly Step[] => {
  if (!rollback) return checklist;
  const states = documentsOfRollback.filter((name) => !name.startsWith('approve-'));
  const own = states.flatMap((name) => Object.keys(rooms[name]));
  return checklist
    .map((step) => ({ ...step, boxes: step.boxes.filter(({ id }) => own.includes(id)) }))
    .filter(({ boxes }) => boxes.length > 0);
};

/** Of the evidence before the closing document. Errors: ChecksumMismatch when the run's copy of the migration is not the pinned one. */
export const renderReport = async (
  store: ArtifactStore,
  run: RunPin,
  evidence: readonly StoredEvidence[],
  ending: Ending,
): Promise<RenderedReport> => {
  const { migration } = await readPinnedMigration(store, run);
  const report = buildReport({
    run,
    checklist: checklistOf(run),
    ...ending,
    purpose: migration.purpose,
    documents: evidence,
  });
  const keys = reportKeys(run.runId);
  return {
    report,
    files: {
      [keys.html]: renderHtmlReport(report),
      [keys.markdown]: renderMarkdownReport(report),
      // Last: whoever sees the JSON finds the other two.
      [keys.json]: `${printJson(report, 2)}\n`,
    },
  };
};

/** What the closing document keeps of a report: enough to make it again, and the hash of each form. */
export const factsOfReport = (
  { files }: RenderedReport,
  { finishedAt, entry, wrongCodes, resentLinks }: Ending,
): ReportFacts => ({
  finishedAt,
  entry,
  ...(wrongCodes && { wrongCodes }),
  ...(resentLinks && { resentLinks }),
  files: Object.entries(files).map(([key, text]) => ({ key, sha256: sha256Of(text) })),
});

/** Of a run that ended without a sign-off. */
export const outcomeOfClosing = (closing: Closing | undefined): 'rolled back' | 'failed' =>
  closing && isTakenBack(closing) ? 'rolled back' : 'failed';

/** How the run ended, as its closing document says it. Null for one of version 0.3 and before, whose report is outside the chain. */
export const endingIn = ({ name, facts, findings }: EvidenceDocument): Ending | null => {
  const kept = facts['report'] as ReportFacts | null | undefined;
  if (!kept) return null;
  const { finishedAt, entry, wrongCodes, resentLinks } = kept;
  const closing = facts['closing'] as Closing | undefined;
  return {
    finishedAt,
    entry,
    findings,
    ...(wrongCodes && { wrongCodes }),
    ...(resentLinks && { resentLinks }),
    outcome: name === 'sign-off' ? 'signed off' : outcomeOfClosing(closing),
    cause: closing?.cause ?? null,
  };
};

/** Puts it into the store in its three forms. */
export const writeReport = async (store: ArtifactStore, { files }: RenderedReport): Promise<void> => {
  for (const [key, text] of Object.entries(files)) await store.write(key, text);
};
