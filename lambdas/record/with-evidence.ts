/** Runs a state's work and records what it saw, whatever happens. */
import type { Answer, BoxAnswer, EvidenceDocument, EvidenceRef, Finding } from '#domain/evidence/document';
import type { StepInput } from '#statemachine/contract';
import { closeRunState, refuseClosedRun } from './closing';
import { type EvidenceName, evidenceOfStep, recordEvidence, type Writing } from './evidence';

type Facts = Readonly<Record<string, unknown>>;

/** What a state writes down while it works; all of it reaches the evidence even when the state fails. */
export type Notes = {
  answer(box: string, answer: Answer, reason: string, facts?: Facts): void;
  prove(box: string, reason: string, facts?: Facts): void;
  fail(box: string, reason: string, facts?: Facts): void;
  notApplicable(box: string, reason: string): void;
  leaveOpen(box: string, reason: string, facts?: Facts): void;
  take(answers: readonly BoxAnswer[]): void;
  find(...findings: readonly Finding[]): void;
  fact(name: string, value: unknown): void;
  /** Does the work; when it throws, the boxes are answered `failed` with the error's message. */
  expecting<T>(boxes: readonly string[], work: () => Promise<T>): Promise<T>;
};

const openNotes = () => {
  const boxes = new Map<string, BoxAnswer>();
  const findings: Finding[] = [];
  const facts: Record<string, unknown> = {};
  const answer: Notes['answer'] = (box, given, reason, boxFacts) => {
    boxes.set(box, { box, answer: given, reason, ...(boxFacts && { facts: boxFacts }) });
  };
  const notes: Notes = {
    answer,
    prove: (box, reason, boxFacts) => answer(box, 'proved', reason, boxFacts),
    fail: (box, reason, boxFacts) => answer(box, 'failed', reason, boxFacts),
    notApplicable: (box, reason) => answer(box, 'not applicable', reason),
    leaveOpen: (box, reason, boxFacts) => answer(box, 'open', reason, boxFacts),
    take: (answers) => {
      for (const given of answers) boxes.set(given.box, given);
    },
    find: (...found) => {
      findings.push(...found);
    },
    fact: (name, value) => {
      facts[name] = value;
    },
    expecting: async (expected, work) => {
      try {
        return await work();
      } catch (error) {
        for (const box of expected) answer(box, 'failed', (error as Error).message);
        throw error;
      }
    },
  };
  return { notes, boxes, findings, facts };
};

/**
 * Runs a state's work and leaves its evidence whatever happens: with the notes taken so far and the error when it throws.
 * Returns the work's result together with the reference to the evidence.
 * Errors: MigrationRefused when the run was closed: before anything is done, or at its end, and nothing is recorded then.
 */
export const withEvidence = async <T extends object>(
  ports: Writing,
  { name, title }: EvidenceName,
  { run, previous }: Pick<StepInput, 'previous'> & { readonly run: { readonly runId: string } },
  work: (notes: Notes) => Promise<T>,
): Promise<T & { readonly evidence: EvidenceRef }> => {
  const refuseClosed = async () => {
    if (name !== closeRunState.name) await refuseClosedRun(ports.store, run.runId);
  };
  await refuseClosed();
  const startedAt = ports.clock.now().toISOString();
  const { notes, boxes, findings, facts } = openNotes();
  const record = async (error: EvidenceDocument['error']) => {
    // A parallel state that failed may have closed the run meanwhile: what is added later would look like forged evidence.
    await refuseClosed();
    return recordEvidence(ports, {
      runId: run.runId,
      name,
      title,
      startedAt,
      facts,
      findings,
      error,
      previous: previous.map(({ sha256 }) => sha256),
      boxes: [...boxes.values()],
    });
  };
  let result: T;
  try {
    result = await work(notes);
  } catch (error) {
    const { name: errorName, message } = error as Error;
    await record({ name: errorName, message });
    throw error;
  }
  return { ...result, evidence: await record(null) };
};

/** `withEvidence` for one of the 16 steps. */
export const withStepEvidence = <T extends object>(
  ports: Writing,
  number: number,
  input: StepInput,
  work: (notes: Notes) => Promise<T>,
) => withEvidence(ports, evidenceOfStep(number), input, work);
