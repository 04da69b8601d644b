/** Facts as a judge sees them: what a document refers to is read again, its hash compared. */
import type { Artifact, ArtifactForm } from '#domain/boxes/room';
import { parseChecks } from '#domain/checks/parse-checks';
import type { EvidenceDocument } from '#domain/evidence/document';
import { parseMigration } from '#domain/migration/parse-migration';
import type { ArtifactStore } from '#lambdas/ports/store';
import { readReferencedBytes } from './json';

const readers: Readonly<Record<ArtifactForm, (bytes: Buffer, fileName: string) => unknown>> = {
  json: (bytes) => JSON.parse(bytes.toString('utf8')),
  migration: (bytes, fileName) => parseMigration(fileName, bytes),
  checks: (bytes, fileName) => parseChecks(fileName, bytes),
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
    return [name, await readers[fact.form](bytes, fact.fileName ?? '')] as const;
  });
  return Object.fromEntries(await Promise.all(read));
};
