/** The evidence that counts: what the workflow's own references reach. Whatever else lies in the run's folder is named. */
import type { DocumentName } from '#domain/boxes/facts';
import { EvidenceUnknown } from '#domain/errors';
import { type StoredEvidence, walkChain } from '#domain/evidence/chain';
import type { EvidenceDocument } from '#domain/evidence/document';
import type { ArtifactStore } from '#lambdas/ports/store';
import { beside, followedBy, isLookedAtInVain, isWayBack, leftBetweenAttempts, type RunKind } from './order';
import { writersOf } from './run-files';
import { type RunFolder, readRunFolder } from './run-folder';

/** Who reads evidence, and from where. */
export type Reader = {
  readonly runId: string;
  /** The state that reads; null for whoever looks on, as a page does. */
  readonly name: DocumentName | null;
  /** The evidence that it was handed; null where nobody could hand it on, as after an execution was stopped. */
  readonly previous: readonly { readonly sha256: string }[] | null;
};

export type ClosedList = {
  /** In the order in which it was finished. */
  readonly evidence: readonly StoredEvidence[];
  /** Hashes that were handed on or are named by a document, and that no document has. */
  readonly missing: readonly string[];
  /** One sentence for each thing that is changed, removed or not of this run; empty is good. */
  readonly strange: readonly string[];
};

const nameOf = ({ document }: StoredEvidence) => document.name as DocumentName;

/** Followed from Open run on, where nobody has handed on where the run had come to. */
const followed = (documents: readonly StoredEvidence[]): ReadonlySet<string> => {
  const reached = new Set<string>();
  const isNext = ({ ref, document }: StoredEvidence) =>
    !reached.has(ref.sha256) && document.previous.every((sha256) => reached.has(sha256));
  for (let next = documents.filter(isNext); next.length > 0; next = documents.filter(isNext))
    for (const { ref } of next) reached.add(ref.sha256);
  return reached;
};

/**
 * What is named by nobody and counts all the same: a state that failed leaves a document which its workflow never hears of. It
 * follows directly what was reached; only Step 13 comes behind another such document, that of Step 6.
 */
const looseEnds = (
  { name }: Reader,
  documents: readonly StoredEvidence[],
  reached: ReadonlySet<string>,
): readonly StoredEvidence[] => {
  const names = new Set(documents.filter(({ ref }) => reached.has(ref.sha256)).map(nameOf));
  const isAnyLoose = name === null || isWayBack(name);
  const mayBeLoose = (one: DocumentName) =>
    isAnyLoose ||
    beside(name).includes(one) ||
    leftBetweenAttempts(name).includes(one) ||
    isLookedAtInVain(one, names) ||
    // Its outcome was asked of the ledger, because its own answer did not come.
    (one === '08-apply-migration' && (name === '08-establish-outcome' || names.has('08-establish-outcome'))) ||
    // The outcome of an earlier attempt, after which Step 8 was made again.
    (one === '08-establish-outcome' && (name === '08-apply-migration' || names.has('08-apply-migration')));
  const others = documents.filter((one) => !reached.has(one.ref.sha256) && mayBeLoose(nameOf(one)));
  const isAfter = (known: ReadonlySet<string>) => (one: StoredEvidence) =>
    one.document.previous.every((sha256) => known.has(sha256));
  const first = others.filter(isAfter(reached));
  const dryRun = new Set(first.filter((one) => nameOf(one) === '06-dry-run').map(({ ref }) => ref.sha256));
  return [...first, ...others.filter((one) => nameOf(one) === '13-test-rollback').filter(isAfter(dryRun))];
};

/** The states that may have put files there by now. */
const haveRun = (
  { name, previous }: Reader,
  kind: RunKind,
  counting: readonly StoredEvidence[],
): ((one: DocumentName) => boolean) => {
  if (previous === null) return () => true;
  const names = new Set(counting.map(nameOf));
  const isNext = (one: DocumentName) => (followedBy(kind, one) ?? []).some((before) => names.has(before));
  if (name === null || isWayBack(name)) return (one) => names.has(one) || one === name || isNext(one);
  return (one) => names.has(one) || one === name || beside(name).includes(one);
};

const early = (
  reader: Reader,
  kind: RunKind,
  counting: readonly StoredEvidence[],
  files: readonly string[],
): readonly string[] => {
  const hasRun = haveRun(reader, kind, counting);
  return files
    .filter((key) => !writersOf(reader.runId, key).some(hasRun))
    .map((key) => `${key} lies there before the state that writes it has run`);
};

/** Of a folder that was read. */
export const closedListOf = (reader: Reader, { kind, documents, files, strange }: RunFolder): ClosedList => {
  const { name, previous } = reader;
  const others = documents.filter((one) => nameOf(one) !== name);
  const walk =
    previous &&
    walkChain(
      previous.map(({ sha256 }) => sha256),
      others,
    );
  const reached = walk ? walk.seen : followed(others);
  const loose = new Set(looseEnds(reader, others, reached).map(({ ref }) => ref.sha256));
  const counts = ({ ref }: StoredEvidence) => reached.has(ref.sha256) || loose.has(ref.sha256);
  const evidence = others.filter(counts);
  const missing = walk?.missing ?? [];
  return {
    evidence,
    missing,
    strange: [
      ...missing.map(missingInWords),
      ...strange,
      ...others.filter((one) => !counts(one)).map(({ ref }) => `${ref.key} is named by no state of this run`),
      ...early(reader, kind, evidence, files),
    ],
  };
};

/** The one way to the evidence of a run. A state that runs again does not see its own earlier attempt, which it replaces. */
export const readClosedList = async (store: ArtifactStore, reader: Reader): Promise<ClosedList> =>
  closedListOf(reader, await readRunFolder(store, reader.runId));

/** The first few, and how many there are. */
export const strangeInWords = (strange: readonly string[]): string =>
  `${strange.slice(0, 5).join('; ')}${strange.length > 5 ? `; and ${strange.length - 5} more` : ''}`;

const missingInWords = (sha256: string) => `the document with sha256 ${sha256} was changed or removed`;

/**
 * Errors: EvidenceUnknown when anything in the folder is changed, removed or not of this run. On the way back only what is changed
 * or removed stops: a file that somebody drops must not keep a migration from being taken back.
 */
export const refuseStrange = ({ runId, name }: Reader, { missing, strange }: ClosedList): void => {
  const faults = name !== null && isWayBack(name) ? missing.map(missingInWords) : strange;
  if (faults.length > 0)
    throw new EvidenceUnknown(
      `the evidence of run ${runId} is not what its states have left: ${strangeInWords(faults)}. Find out who wrote there, then start a new run.`,
    );
};

/** The documents that count. Errors: EvidenceUnknown as above. */
export const requireClosedList = async (store: ArtifactStore, reader: Reader): Promise<readonly EvidenceDocument[]> => {
  const listed = await readClosedList(store, reader);
  refuseStrange(reader, listed);
  return listed.evidence.map(({ document }) => document);
};
