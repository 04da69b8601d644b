/** The evidence of a run is a chain: each document names the sha256 of those before it, up to the one that closes the run. */
import type { EvidenceDocument, EvidenceRef } from './document';

/** A document of the run together with the hash of its stored bytes. */
export type StoredEvidence = { readonly ref: EvidenceRef; readonly document: EvidenceDocument };

/**
 * Hashes that the evidence names and no stored document has: first those given, then from document to document.
 * Empty when the chain is whole.
 */
export const missingLinks = (from: readonly string[], stored: readonly StoredEvidence[]): readonly string[] =>
  walkChain(from, stored).missing;

/** From document to document, beginning with those of the hashes given: the hashes that were seen, and those that no document has. */
export const walkChain = (
  from: readonly string[],
  stored: readonly StoredEvidence[],
): { readonly seen: ReadonlySet<string>; readonly missing: readonly string[] } => {
  const documents = new Map(stored.map(({ ref, document }) => [ref.sha256, document]));
  const seen = new Set<string>();
  const missing: string[] = [];
  const waiting = [...from];
  for (let sha256 = waiting.pop(); sha256 !== undefined; sha256 = waiting.pop()) {
    if (seen.has(sha256)) continue;
    seen.add(sha256);
    const document = documents.get(sha256);
    if (document) waiting.push(...document.previous);
    else missing.push(sha256);
  }
  return { seen, missing };
};

const closingNames = ['sign-off', 'close-run'];

/**
 * Verifies the chain of a closed run's evidence: one sentence for each fault; empty when every document is there and unchanged.
 *
 * @example
 * verifyChain(stored)
 * // ['no later document names runs/run-1/06-dry-run.json: it was changed or added after the run']
 */
export const verifyChain = (stored: readonly StoredEvidence[]): readonly string[] => {
  const last = closingDocument(stored);
  if (!last) return ['there is no sign-off and no close-run: the run has not ended, or its last document is gone'];
  const { seen, missing } = walkChain([last.ref.sha256], stored);
  const first = stored.filter(({ document }) => document.previous.length === 0);
  return [
    ...missing.map((sha256) => `the document with sha256 ${sha256} is missing: it was changed or removed`),
    ...stored
      .filter(({ ref }) => !seen.has(ref.sha256))
      .map(({ ref }) => `no later document names ${ref.key}: it was changed or added after the run`),
    ...(first.length === 1 ? [] : [`${first.length} documents claim to be the first; expected 1`]),
  ];
};

/** The document that closes the run; null when there is none. A sign-off that failed closes nothing: Close run comes after it. */
export const closingDocument = (stored: readonly StoredEvidence[]): StoredEvidence | null => {
  const closing = stored.filter(({ document }) => closingNames.includes(document.name));
  return closing.findLast(({ document }) => document.error === null) ?? closing[0] ?? null;
};

/** What the closing document lists against what lies there, one sentence for each difference. */
export const verifyBelongings = (listed: readonly EvidenceRef[], found: readonly EvidenceRef[]): readonly string[] => {
  const now = new Map(found.map(({ key, sha256 }) => [key, sha256]));
  const known = new Set(listed.map(({ key }) => key));
  return [
    ...listed.flatMap(({ key, sha256 }) => {
      const there = now.get(key);
      if (there === sha256) return [];
      return [there === undefined ? `${key} was removed after the run` : `${key} was changed after the run`];
    }),
    ...found.filter(({ key }) => !known.has(key)).map(({ key }) => `${key} was added after the run`),
  ];
};
