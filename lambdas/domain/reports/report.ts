import { testsToAdd } from '#domain/boxes/declared-tests';
import { outcomeIn, progressIn, takenBackIn } from '#domain/boxes/outcome-of-apply';
import { latestAnswers } from '#domain/evidence/answers';
import type { Answer, BoxAnswer, EvidenceDocument, EvidenceRef, Finding } from '#domain/evidence/document';
import type { Listed } from '#domain/listed';
import type { Step } from '#lambdas/checklist';
import { approvalsIn, type ReportApproval } from './approvals';
import { dependentsIn, type ShownDependents } from './dependents-view';
import { approvalsFromTerminal, exceptionsIn, type Outcome, outcomeOf, type ReportException } from './exceptions';
import { type Rehearsal, rehearsalIn } from './rehearsal';
import type { ResentLink } from './resent-links';
import { type ShownSchema, schemaIn } from './schema-view';
import type { WrongCode } from './wrong-codes';

export type ReportBox = {
  readonly id: string;
  readonly label: string;
  readonly answer: Answer;
  readonly reason: string;
  /** Key of the evidence document that holds the answer; null when the box was never reached. */
  readonly evidence: string | null;
};

export type ReportStep = {
  readonly number: number;
  readonly title: string;
  readonly boxes: readonly ReportBox[];
};

export type Report = {
  readonly format: 1;
  readonly runId: string;
  readonly outcome: Outcome;
  /** Why it failed and what to do; null when signed off. */
  readonly cause: string | null;
  readonly migration: string;
  readonly purpose: string | null;
  readonly sha256: string;
  readonly target: { readonly projectId: string; readonly branchId: string; readonly database: string };
  readonly signOff: {
    readonly appliedBy: string | null;
    /** The answer to box 8.2 for a migration that stopped in its middle; null for all others. */
    readonly appliedInPart: string | null;
    readonly appliedAt: string | null;
    readonly environment: 'staging';
    readonly executionTimeMs: number | null;
    readonly issuesFound: readonly string[];
    readonly rollbackTested: boolean;
    readonly rolledBackAt: string | null;
    readonly approvedForProduction: false;
  };
  readonly startedBy: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly counts: Readonly<Record<Answer, number>>;
  /** Every box of the checklist, in its order. */
  readonly boxes: readonly ReportBox[];
  readonly steps: readonly { readonly number: number; readonly title: string; readonly boxIds: readonly string[] }[];
  readonly approvals: readonly ReportApproval[];
  /** Absent where none was typed, and in reports of version 0.3.0 and before. */
  readonly wrongCodes?: Listed<WrongCode>;
  readonly resentLinks?: Listed<ResentLink>;
  /** Failed boxes, and open ones that were accepted; absent in reports of version 0.3.0 and before. */
  readonly exceptions?: readonly ReportException[];
  /** Approvals that were given from the terminal; absent where there is none. */
  readonly fromTerminal?: readonly string[];
  readonly findings: readonly Finding[];
  /** For the rules that no declared test has broken. */
  readonly testsToAdd: readonly string[];
  readonly timings: readonly { readonly title: string; readonly startedAt: string; readonly durationMs: number }[];
  readonly evidence: readonly EvidenceRef[];
  /** Null when the run ended before the dry run. */
  readonly rehearsal: Rehearsal | null;
  /** Null when the run ended before Step 2. */
  readonly schema: ShownSchema | null;
  /** Absent when the run ended before Step 3, and in reports of version 0.3.0 and before. */
  readonly dependents?: ShownDependents;
};

export type ReportInput = {
  readonly run: {
    readonly runId: string;
    readonly migration: string;
    readonly sha256: string;
    readonly target: Report['target'];
    readonly startedBy: string;
    readonly startedAt: string;
  };
  readonly purpose: string | null;
  readonly outcome: 'signed off' | 'rolled back' | 'failed';
  readonly cause: string | null;
  readonly finishedAt: string;
  /** The ledger row of this run; null when nothing was committed. */
  readonly entry: {
    readonly appliedBy: string;
    readonly appliedAt: string;
    readonly durationMs: number;
    readonly rolledBackAt: string | null;
  } | null;
  readonly checklist: readonly Step[];
  readonly documents: readonly { readonly ref: EvidenceRef; readonly document: EvidenceDocument }[];
  /** Of the document that closes the run: it comes after the report, whose hash it holds. */
  readonly findings?: readonly Finding[];
  readonly wrongCodes?: Listed<WrongCode>;
  readonly resentLinks?: Listed<ResentLink>;
};

const countAnswers = (boxes: readonly ReportBox[]): Report['counts'] => {
  const counts = { proved: 0, failed: 0, attested: 0, 'not applicable': 0, open: 0 };
  for (const { answer } of boxes) counts[answer] += 1;
  return counts;
};

const sourceOf = (documents: ReportInput['documents'], answer: BoxAnswer) =>
  documents.findLast(({ document }) => document.boxes.some(({ box }) => box === answer.box))?.ref.key ?? null;

const hasGoneBack = ({ facts }: EvidenceDocument): boolean =>
  facts['notRehearsed'] === undefined && facts['noWayBack'] === undefined;

const durationOf = ({ startedAt, finishedAt }: EvidenceDocument) => Date.parse(finishedAt) - Date.parse(startedAt);

/** Failed boxes, and the findings that no failed box names: a later answer may have replaced the one that named them. */
const issuesIn = (boxes: readonly ReportBox[], findings: readonly Finding[]): readonly string[] => {
  // Steps 1 and 2 judge how it is written; what it does to the database comes first.
  const isOfText = ({ id }: ReportBox) => /^[12]\./.test(id);
  const wrong = boxes.filter(({ answer }) => answer === 'failed');
  const failed = [...wrong.filter((box) => !isOfText(box)), ...wrong.filter(isOfText)].map(
    ({ id, reason }) => `${id}: ${reason}`,
  );
  const found = findings
    .filter(({ message }) => !failed.some((issue) => issue.includes(message)))
    .map(({ line, message }) => (line === null ? message : `line ${line}: ${message}`));
  return [...failed, ...found];
};

/**
 * Builds the report, which answers every box of the checklist: one that was never reached is `open`, with the reason.
 *
 * @example
 * const report = buildReport({ run, checklist, documents, entry, purpose, outcome: 'signed off', cause: null, finishedAt });
 * // report.boxes.length 61, report.counts.failed 0
 */
export const buildReport = (input: ReportInput): Report => {
  const { run, entry, checklist } = input;
  const documents = input.documents.map(({ document }) => document);
  const answers = new Map(latestAnswers(documents).map((answer) => [answer.box, answer]));
  const boxes = checklist.flatMap((step) =>
    step.boxes.map(({ id, label }): ReportBox => {
      const answer = answers.get(id);
      return answer
        ? { id, label, answer: answer.answer, reason: answer.reason, evidence: sourceOf(input.documents, answer) }
        : { id, label, answer: 'open', reason: 'the run ended before this was checked', evidence: null };
    }),
  );
  const exceptions = exceptionsIn(boxes, documents);
  const fromTerminal = approvalsFromTerminal(documents);
  const findings = [...documents.flatMap((document) => document.findings), ...(input.findings ?? [])];
  const dependents = dependentsIn(documents);
  // Step 13 before an apply; in the run of a rollback its rehearsal on now.
  const rollback = documents.find(({ name }) => name.startsWith('13-') || name === 'rehearse-rollback');
  return {
    format: 1,
    runId: run.runId,
    outcome: outcomeOf(input.outcome, exceptions, documents),
    cause: input.cause,
    migration: run.migration,
    purpose: input.purpose,
    sha256: run.sha256,
    target: run.target,
    signOff: {
      appliedBy: entry?.appliedBy ?? null,
      appliedInPart: progressIn(documents) === null ? null : outcomeIn(documents).reason,
      appliedAt: entry?.appliedAt ?? null,
      environment: 'staging',
      executionTimeMs: entry?.durationMs ?? null,
      issuesFound: issuesIn(boxes, findings),
      // It ends well where it ran nothing.
      rollbackTested: rollback !== undefined && rollback.error === null && hasGoneBack(rollback),
      // Of half a migration the ledger has no row that could say it.
      rolledBackAt: entry?.rolledBackAt ?? takenBackIn(documents)?.at ?? null,
      approvedForProduction: false,
    },
    startedBy: run.startedBy,
    startedAt: run.startedAt,
    finishedAt: input.finishedAt,
    counts: countAnswers(boxes),
    boxes,
    steps: checklist.map(({ number, title, boxes: own }) => ({ number, title, boxIds: own.map(({ id }) => id) })),
    approvals: approvalsIn(documents),
    ...(input.wrongCodes && { wrongCodes: input.wrongCodes }),
    ...(input.resentLinks && { resentLinks: input.resentLinks }),
    exceptions,
    ...(fromTerminal.length > 0 && { fromTerminal }),
    findings,
    testsToAdd: testsToAdd([...answers.values()]),
    timings: documents.map((document) => ({
      title: document.title,
      startedAt: document.startedAt,
      durationMs: durationOf(document),
    })),
    evidence: input.documents.map(({ ref }) => ref),
    rehearsal: rehearsalIn(documents),
    schema: schemaIn(documents),
    ...(dependents && { dependents }),
  };
};

/** The report's steps with their boxes, for the renderers. */
export const stepsOf = (report: Report): readonly ReportStep[] =>
  report.steps.map(({ number, title, boxIds }) => ({
    number,
    title,
    boxes: report.boxes.filter(({ id }) => boxIds.includes(id)),
  }));
