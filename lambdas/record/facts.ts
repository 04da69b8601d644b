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

/** Errors: ChecksumMismatch when something that a fact refers to was changed or removed. */
export const readFacts = async (
  store: ArtifactStore,
  { facts }: Pick<EvidenceDocument, 'facts'>,
): Promise<Readonly<Record<string, unknown>>> => {
  const read = Object.entries(facts).map(async ([name, fact]) => {
    if (!isArtifact(fact)) return [name, fact] as const;
    const bytes = await readReferencedBytes(store, fact.artifact);
    return [name, await readers[fact.form](bytes, fact, store)] as const;
  });
  return Object.fromEntries(await Promise.all(read));
};
