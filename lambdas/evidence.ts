/** Writes and reads the evidence documents of a run: `runs/<runId>/<name>.json`, each naming the hashes of those before it. */

import { ChecksumMismatch, StoreFailed } from '#domain/errors';
import type { Answer, BoxAnswer, EvidenceDocument, EvidenceRef, Finding } from '#domain/evidence/document';
import { sha256Of } from '#domain/sha256';
import type { StepInput } from '#statemachine/contract';
import { findBox, findStep, namesOf } from './checklist';
import { closeRunState, refuseClosedRun } from './closed-run';
import type { ArtifactStore, Ports } from './ports';

type Writing = Pick<Ports, 'store' | 'clock'>;

export { sha256Of };

const toJson = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/** Stores a value as JSON and says where it lies and what its hash is. */
export const writeJson = async (store: ArtifactStore, key: string, value: unknown): Promise<EvidenceRef> => {
  const text = toJson(value);
  await store.write(key, text);
  return { key, sha256: sha256Of(text) };
};

/** Null when there is no such key. */
export const readJson = async <T>(store: ArtifactStore, key: string): Promise<T | null> => {
  const bytes = await store.read(key);
  return bytes && (JSON.parse(bytes.toString('utf8')) as T);
};

/** Reads what a reference names. Errors: ChecksumMismatch when the bytes are not those that were referenced, or are gone. */
export const readReferenced = async <T>(store: ArtifactStore, ref: EvidenceRef): Promise<T> => {
  const bytes = await store.read(ref.key);
  const found = bytes ? sha256Of(bytes) : 'nothing';
  if (!bytes || found !== ref.sha256)
    throw new ChecksumMismatch(
      `${ref.key} holds ${found}, expected sha256 ${ref.sha256}: it was changed after it was written; start a new run`,
    );
  return JSON.parse(bytes.toString('utf8')) as T;
};

type Unfinished = Omit<EvidenceDocument, 'format' | 'finishedAt'>;

const complete = ({ clock }: Writing, document: Unfinished): EvidenceDocument => {
  for (const { box } of document.boxes) findBox(box);
  return { format: 1, ...document, finishedAt: clock.now().toISOString() };
};

const evidenceKey = (runId: string, name: string) => `runs/${runId}/${name}.json`;

export const recordEvidence = (ports: Writing, document: Unfinished): Promise<EvidenceRef> =>
  writeJson(ports.store, evidenceKey(document.runId, document.name), complete(ports, document));

export type Recorded = { readonly ref: EvidenceRef; readonly document: EvidenceDocument };

/** Null when there is no such document. */
export const readRecorded = async (store: ArtifactStore, runId: string, name: string): Promise<Recorded | null> => {
  const key = evidenceKey(runId, name);
  const bytes = await store.read(key);
  return bytes && { ref: { key, sha256: sha256Of(bytes) }, document: JSON.parse(bytes.toString('utf8')) };
};

/** For what several may come to record at once: the first document stands, and everyone gets that one. */
export const recordEvidenceOnce = async (ports: Writing, document: Unfinished): Promise<Recorded> => {
  const { runId, name } = document;
  await ports.store.writeIfAbsent(evidenceKey(runId, name), toJson(complete(ports, document)));
  const recorded = await readRecorded(ports.store, runId, name);
  if (recorded) return recorded;
  throw new StoreFailed(`${evidenceKey(runId, name)} was written and cannot be read; look at the store and try again`);
};

/** Null for bytes that are no JSON: a document that was destroyed is found by its missing hash, not by a crash. */
const parseJson = (bytes: Buffer): unknown => {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return null;
  }
};

const isEvidence = (value: unknown): value is EvidenceDocument => {
  const document = value as Partial<EvidenceDocument> | null;
  return document?.format === 1 && Array.isArray(document.previous) && Array.isArray(document.boxes);
};

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** The run's evidence documents with their references, in the order in which they were finished. */
export const readEvidenceWithRefs = async (
  store: ArtifactStore,
  runId: string,
): Promise<readonly { readonly ref: EvidenceRef; readonly document: EvidenceDocument }[]> => {
  const prefix = `runs/${runId}/`;
  const keys = (await store.list(prefix)).filter(
    (key) => key.endsWith('.json') && !key.slice(prefix.length).includes('/') && !key.endsWith('/report.json'),
  );
  const found = await Promise.all(
    keys.map(async (key) => {
      const bytes = await store.read(key);
      const document = bytes && parseJson(bytes);
      return bytes && isEvidence(document) ? [{ ref: { key, sha256: sha256Of(bytes) }, document }] : [];
    }),
  );
  return found.flat().sort((a, b) => compare(a.document.finishedAt, b.document.finishedAt));
};

/** All but the document of this name: a state that runs again must not name its own earlier attempt, which it replaces. */
export const readEarlierEvidence = async (store: ArtifactStore, runId: string, name: string) =>
  (await readEvidenceWithRefs(store, runId)).filter(({ document }) => document.name !== name);

export const readEvidence = async (store: ArtifactStore, runId: string): Promise<readonly EvidenceDocument[]> =>
  (await readEvidenceWithRefs(store, runId)).map(({ document }) => document);

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

export type EvidenceName = { readonly name: string; readonly title: string };

/** The evidence name of a step: `05-backup-database`, "Step 5: Back up database". */
export const evidenceOfStep = (number: number): EvidenceName => {
  const names = namesOf(findStep(number));
  return { name: names.file, title: names.stateName };
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
