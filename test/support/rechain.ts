/** Plays an attacker who may write every object of a run: changes documents, and rebuilds the whole chain after them. */
import type { EvidenceDocument } from '#domain/evidence/document';
import { sha256Of } from '#domain/sha256';
import type { ArtifactStore } from '#lambdas/ports/store';
import { toJson } from '#lambdas/record/json';

export type Objects = Readonly<Record<string, Buffer>>;

/** All that a store holds. */
export const objectsIn = async (store: ArtifactStore): Promise<Objects> => {
  const read = async (key: string) => [key, (await store.read(key)) ?? Buffer.alloc(0)] as const;
  return Object.fromEntries(await Promise.all((await store.list('')).map(read)));
};

const isDocument = (key: string) => /^runs\/[^/]+\/[^/]+\.json$/.test(key) && !/\/(run|report)\.json$/.test(key);

/** Every hash of the text that names what is another one now. */
const renew = (text: string, renewed: ReadonlyMap<string, string>) =>
  text.replaceAll(/[0-9a-f]{64}/g, (sha256) => renewed.get(sha256) ?? sha256);

/** The documents of a run, in the order in which they were finished. */
export const documentsIn = (objects: Objects) =>
  Object.keys(objects)
    .filter(isDocument)
    .map((key) => ({ key, document: JSON.parse(objects[key]?.toString('utf8') ?? '') as EvidenceDocument }))
    .sort((one, other) => (one.document.finishedAt < other.document.finishedAt ? -1 : 1));

/**
 * The objects with each document as `edit` returns it, and with every hash that names a changed one made anew in those that were
 * finished after it, the list of belongings included.
 */
export const rechain = (objects: Objects, edit: (document: EvidenceDocument) => EvidenceDocument): Objects => {
  const renewed = new Map<string, string>();
  const changed: Record<string, Buffer> = {};
  for (const { key, document } of documentsIn(objects)) {
    const text = renew(toJson(edit(document)), renewed);
    renewed.set(sha256Of(objects[key] ?? ''), sha256Of(text));
    changed[key] = Buffer.from(text);
  }
  return { ...objects, ...changed };
};
