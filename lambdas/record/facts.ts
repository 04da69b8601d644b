/** Facts as a judge sees them: what a document refers to is read again, its hash compared. */
import type { Artifact, ArtifactForm, KeptFile } from '#domain/boxes/room';
import { parseChecks } from '#domain/checks/parse-checks';
import type { EvidenceDocument } from '#domain/evidence/document';
import type { Origin, ReadFile } from '#domain/folders/origin';
import { parseOrigin } from '#domain/folders/parse-origin';
import { parseMigration } from '#domain/migration/parse-migration';
import type { ArtifactStore } from '#lambdas/ports/store';
import { readReferencedBytes } from './json';

/** All files of the migration, each with its hash compared. */
const readOrigin = async (store: ArtifactStore, { files, ...origin }: Origin<KeptFile>): Promise<Origin<ReadFile>> => ({
  ...origin,
  files: await Promise.all(
    files.map(async ({ key, sha256, ...file }) => ({
      ...file,
      bytes: await readReferencedBytes(store, { key, sha256 }),
    })),
  ),
});

type Reader = (bytes: Buffer, artifact: Artifact<unknown>, store: ArtifactStore) => unknown;

const readers: Readonly<Record<ArtifactForm, Reader>> = {
  json: (bytes) => JSON.parse(bytes.toString('utf8')),
  migration: async (bytes, { fileName = '', origin }, store) =>
    origin ? parseOrigin(await readOrigin(store, origin)) : parseMigration(fileName, bytes),
  checks: (bytes, { fileName = '' }) => parseChecks(fileName, bytes),
};

const isArtifact = (fact: unknown): fact is Artifact<unknown> => {
  const { artifact, form } = (fact ?? {}) as Partial<Artifact<unknown>>;
  return (
    typeof artifact?.key === 'string' && typeof artifact.sha256 === 'string' && form !== undefined && form in readers
  );
};

type Facts = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Facts =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const readArtifact = async (store: ArtifactStore, fact: unknown): Promise<unknown> =>
  isArtifact(fact) ? readers[fact.form](await readReferencedBytes(store, fact.artifact), fact, store) : fact;

const readEach = async (store: ArtifactStore, facts: Facts, read: typeof readArtifact): Promise<Facts> =>
  Object.fromEntries(
    await Promise.all(Object.entries(facts).map(async ([name, fact]) => [name, await read(store, fact)] as const)),
  );

/** The entries of a list may refer to artifacts too, and nothing deeper does. */
const readFact = async (store: ArtifactStore, fact: unknown): Promise<unknown> =>
  Array.isArray(fact)
    ? Promise.all(fact.map((entry) => (isRecord(entry) ? readEach(store, entry, readArtifact) : entry)))
    : readArtifact(store, fact);

/** Errors: ChecksumMismatch when something that a fact refers to was changed or removed. */
export const readFacts = (store: ArtifactStore, { facts }: Pick<EvidenceDocument, 'facts'>): Promise<Facts> =>
  readEach(store, facts, readFact);

/** A fact that refers to an artifact, or one of a list's entry: then `of` is the entry, and the name `restartPoints.contents`. */
export type Referring = { readonly name: string; readonly artifact: Artifact<unknown>; readonly of: Facts };

const referringIn = (facts: Facts, prefix = ''): readonly Referring[] =>
  Object.entries(facts).flatMap(([name, artifact]) =>
    isArtifact(artifact) ? [{ name: `${prefix}${name}`, artifact, of: facts }] : [],
  );

export const referringFacts = ({ facts }: Pick<EvidenceDocument, 'facts'>): readonly Referring[] => [
  ...referringIn(facts),
  ...Object.entries(facts).flatMap(([name, fact]) =>
    Array.isArray(fact) ? fact.filter(isRecord).flatMap((entry) => referringIn(entry, `${name}.`)) : [],
  ),
];
