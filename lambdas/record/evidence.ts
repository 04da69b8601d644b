/** The evidence documents of a run: `runs/<runId>/<name>.json`, each naming the hashes of those before it. */
import { StoreFailed } from '#domain/errors';
import type { EvidenceDocument, EvidenceRef } from '#domain/evidence/document';
import { sha256Of } from '#domain/sha256';
import { findBox, findStep, namesOf, type StepNumber } from '#lambdas/checklist';
import type { Ports } from '#lambdas/ports/ports';
import type { ArtifactStore } from '#lambdas/ports/store';
import { version } from '#lambdas/version';
import { toJson, writeJson } from './json';
import { documentKey } from './keys';

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

/** A state's own document, as an attempt before has left it; null when there is none. */
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
