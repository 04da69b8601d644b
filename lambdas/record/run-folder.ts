/** Everything that lies in a run's folder: its evidence documents, and what no state of the workflow puts there. */
import { stageQuestions } from '#domain/approvals/stages';
import type { DocumentName } from '#domain/boxes/facts';
import { rooms } from '#domain/boxes/rooms';
import type { StoredEvidence } from '#domain/evidence/chain';
import type { EvidenceDocument } from '#domain/evidence/document';
import { sha256Of } from '#domain/sha256';
import type { ArtifactStore } from '#lambdas/ports/store';
import { isOtherDump } from './dump';
import { toJson } from './json';
import { approvalKeys, backupPrefix, pinnedKeys, runPrefix } from './keys';
import { followedBy, type RunKind } from './order';
import { documentNameOf, writersOf } from './run-files';

export type RunFolder = {
  readonly kind: RunKind;
  /** In the order in which they were finished; each answers its own boxes only. */
  readonly documents: readonly StoredEvidence[];
  /** Files of the run that are no documents, by key. */
  readonly files: readonly string[];
  /** One sentence for each thing that cannot be of this run; empty is good. */
  readonly strange: readonly string[];
};

/** A name that somebody made up may hold line breaks and worse. */
export const keyInWords = (key: string): string =>
  /^[\x21-\x7e]+$/.test(key)
    ? key
    : JSON.stringify(key).replaceAll(/[^\x20-\x7e]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** Null for bytes that are no JSON: a document that was destroyed is found by its missing hash, not by a crash. */
const parseJson = (bytes: Buffer): unknown => {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return null;
  }
};

const isDocument = (value: unknown): value is EvidenceDocument => {
  const document = value as Partial<EvidenceDocument> | null;
  return (
    (document?.format === 1 || document?.format === 2) &&
    typeof document.finishedAt === 'string' &&
    typeof document.facts === 'object' &&
    document.facts !== null &&
    [document.previous, document.boxes, document.findings].every(Array.isArray)
  );
};

/** Of a document with an approval those that its stage asks for, of all others those of its room. */
const ownBoxes = (name: DocumentName): readonly string[] => {
  const asked = Object.entries(stageQuestions).find(
    ([stage]) => approvalKeys.evidenceName(stage as keyof typeof stageQuestions) === name,
  );
  return Object.keys(asked ? asked[1].attestations : rooms[name]);
};

type Read = { readonly document: StoredEvidence | null; readonly strange: readonly string[] };

const readDocument = async (store: ArtifactStore, runId: string, key: string, name: DocumentName): Promise<Read> => {
  const bytes = await store.read(key);
  if (bytes === null) return { document: null, strange: [] };
  const document = parseJson(bytes);
  if (!isDocument(document)) return { document: null, strange: [`${key} is not an evidence document`] };
  if (document.runId !== runId || document.name !== name)
    return {
      document: null,
      strange: [`${key} says that it is ${document.name} of run ${document.runId}`],
    };
  // One way of writing it: blanks that somebody adds change the hash of a document that no other one names.
  const isAsWritten = bytes.equals(Buffer.from(toJson(document)));
  const own = ownBoxes(name);
  const others = document.boxes.filter(({ box }) => !own.includes(box));
  return {
    document: {
      ref: { key, sha256: sha256Of(bytes) },
      document: { ...document, boxes: document.boxes.filter(({ box }) => own.includes(box)) },
    },
    strange: [
      ...(isAsWritten ? [] : [`${key} is not written as the workflow writes it`]),
      ...others.map(({ box }) => `${key} answers box ${box}, which is not one of its own`),
    ],
  };
};

const nameOf = ({ document }: StoredEvidence) => document.name as DocumentName;

/** A document follows those that the workflow's order puts before it, and nothing else. */
const outOfPlace = (
  kind: RunKind,
  one: StoredEvidence,
  bySha256: ReadonlyMap<string, StoredEvidence>,
): readonly string[] => {
  const { ref, document } = one;
  const wanted = followedBy(kind, nameOf(one));
  if (wanted === null)
    return [`${ref.key} is left by no state of a ${kind === 'rollback' ? 'rollback' : 'run of the checklist'}`];
  if (document.previous.length === 0 && wanted.length > 0)
    return [
      `${ref.key} follows no other document; only that of ${kind === 'rollback' ? 'Open rollback' : 'Open run'} does`,
    ];
  return document.previous.flatMap((sha256) => {
    const before = bySha256.get(sha256);
    return !before || wanted.includes(nameOf(before))
      ? []
      : [`${ref.key} follows ${before.ref.key}, and the workflow has no such way`];
  });
};

/** A pin that cannot be read is no rollback's: what needs it says so. */
const kindOf = async (store: ArtifactStore, runId: string): Promise<RunKind> => {
  const bytes = await store.read(pinnedKeys(runId).run);
  const pin = bytes && (parseJson(bytes) as { readonly rollback?: unknown } | null);
  return pin?.rollback ? 'rollback' : 'checklist';
};

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** Reads the whole folder of a run, and what lies beside its dump. Nobody else looks for evidence. */
export const readRunFolder = async (store: ArtifactStore, runId: string): Promise<RunFolder> => {
  const kind = await kindOf(store, runId);
  const listed = await Promise.all([runPrefix(runId), backupPrefix(runId)].map((prefix) => store.list(prefix)));
  const keys = listed.flat().map((key) => ({ key, name: documentNameOf(runId, key) }));
  const read = await Promise.all(
    keys.flatMap(({ key, name }) => (name === null ? [] : [readDocument(store, runId, key, name)])),
  );
  const found = read.flatMap(({ document }) => (document ? [document] : []));
  const documents = found.map(({ document }) => document);
  const isFile = (key: string) => writersOf(runId, key).length > 0 && !isOtherDump(runId, documents, key);
  const others = keys.filter(({ name }) => name === null).map(({ key }) => key);
  const bySha256 = new Map(found.map((one) => [one.ref.sha256, one]));
  const places = found.map((one) => ({ one, faults: outOfPlace(kind, one, bySha256) }));
  return {
    kind,
    documents: places
      .filter(({ faults }) => faults.length === 0)
      .map(({ one }) => one)
      .sort((a, b) => compare(a.document.finishedAt, b.document.finishedAt)),
    files: others.filter(isFile),
    strange: [
      ...others.filter((key) => !isFile(key)).map((key) => `${keyInWords(key)} is no file of a run`),
      ...read.flatMap(({ strange }) => strange),
      ...places.flatMap(({ faults }) => faults),
    ],
  };
};
