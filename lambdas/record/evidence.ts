/** The evidence documents of a run: `runs/<runId>/<name>.json`, each naming the hashes of those before it. */
import { StoreFailed } from '#domain/errors';
import type { EvidenceDocument, EvidenceRef } from '#domain/evidence/document';
import { sha256Of } from '#domain/sha256';
import { findBox, findStep, namesOf, type StepNumber } from '#lambdas/checklist';
import type { Ports } from '#lambdas/ports/ports';
import type { ArtifactStore } from '#lambdas/ports/store';
import { version } from '#lambdas/version';
import { toJson, writeJson } from './json';
import { documentKey, runPrefix } from './keys';

export type Writing = Pick<Ports, 'store' | 'clock'>;

export type EvidenceName = { readonly name: string; readonly title: string };

/** The evidence name of a step: `05-backup-database`, "Step 5: Back up database". */
export const evidenceOfStep = (number: StepNumber): EvidenceName => {
  const names = namesOf(findStep(number));
  return { name: names.file, title: names.stateName };
};

type Unfinished = Omit<EvidenceDocument, 'format' | 'version' | 'finishedAt'>;

const complete = ({ clock }: Writing, document: Unfinished): EvidenceDocument => {
  for (const { box } of document.boxes) findBox(box);
  return { format: 2, version, ...document, finishedAt: clock.now().toISOString() };
};

export const recordEvidence = (ports: Writing, document: Unfinished): Promise<EvidenceRef> =>
  writeJson(ports.store, documentKey(document.runId, document.name), complete(ports, document));

export type Recorded = { readonly ref: EvidenceRef; readonly document: EvidenceDocument };

/** Null when there is no such document. */
export const readRecorded = async (store: ArtifactStore, runId: string, name: string): Promise<Recorded | null> => {
  const key = documentKey(runId, name);
  const bytes = await store.read(key);
  return bytes && { ref: { key, sha256: sha256Of(bytes) }, document: JSON.parse(bytes.toString('utf8')) };
};

/** For what several may come to record at once: the first document stands, and everyone gets that one. */
export const recordEvidenceOnce = async (ports: Writing, document: Unfinished): Promise<Recorded> => {
  const { runId, name } = document;
  await ports.store.writeIfAbsent(documentKey(runId, name), toJson(complete(ports, document)));
  const recorded = await readRecorded(ports.store, runId, name);
  if (recorded) return recorded;
  throw new StoreFailed(`${documentKey(runId, name)} was written and cannot be read; look at the store and try again`);
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
  return (
    (document?.format === 1 || document?.format === 2) &&
    Array.isArray(document.previous) &&
    Array.isArray(document.boxes)
  );
};

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** The run's evidence documents with their references, in the order in which they were finished. */
export const readEvidenceWithRefs = async (
  store: ArtifactStore,
  runId: string,
): Promise<readonly { readonly ref: EvidenceRef; readonly document: EvidenceDocument }[]> => {
  const prefix = runPrefix(runId);
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

/** The same without the references. */
export const readEarlierDocuments = async (
  store: ArtifactStore,
  runId: string,
  name: string,
): Promise<readonly EvidenceDocument[]> =>
  (await readEarlierEvidence(store, runId, name)).map(({ document }) => document);

export const readEvidence = async (store: ArtifactStore, runId: string): Promise<readonly EvidenceDocument[]> =>
  (await readEvidenceWithRefs(store, runId)).map(({ document }) => document);
