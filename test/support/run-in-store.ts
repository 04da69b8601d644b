/** Evidence documents of a run as its states leave them, in a store in memory: each follows those that the workflow puts before it. */
import type { DocumentName } from '#domain/boxes/facts';
import type { EvidenceDocument, EvidenceRef } from '#domain/evidence/document';
import type { ArtifactStore } from '#lambdas/ports/store';
import { writeJson } from '#lambdas/record/json';
import { documentKey } from '#lambdas/record/keys';
import { document } from './documents';

/** The documents of a run that goes well up to its sign-off, in their order. */
export const straightWay: readonly DocumentName[] = [
  '00-open-run',
  '01-code-review',
  '02-schema-validation',
  '03-impact-analysis',
  'approve-review',
  '04-environment-check',
  'create-branch',
  '05-backup-database',
  '06-dry-run',
  '13-test-rollback',
  'approve-apply',
  '07-connect',
  '08-apply-migration',
  '09-verify-schema',
  '10-test-constraints',
  '11-performance-check',
  '12-application-integration',
  '14-update-documentation',
  '15-notify-team',
  '16-monitor',
];

export type Written = Map<DocumentName, EvidenceRef>;

const timeOf = (index: number) => new Date(Date.parse('2026-11-22T08:00:00.000Z') + index * 1000).toISOString();

/** Writes one document behind those of the names given, which were written before. */
export const writeDocument = async (
  store: ArtifactStore,
  written: Written,
  name: DocumentName,
  before: readonly DocumentName[],
  differing: Partial<EvidenceDocument> = {},
): Promise<EvidenceRef> => {
  const previous = before.map((one) => {
    const ref = written.get(one);
    if (!ref) throw new Error(`${one} was not written before ${name}`);
    return ref.sha256;
  });
  const finishedAt = timeOf(written.size);
  const ref = await writeJson(
    store,
    documentKey('run-1', name),
    document(name, { previous, startedAt: finishedAt, finishedAt, ...differing }),
  );
  written.set(name, ref);
  return ref;
};

const before: Readonly<Partial<Record<DocumentName, readonly DocumentName[]>>> = {
  '00-open-run': [],
  '01-code-review': ['00-open-run'],
  '02-schema-validation': ['00-open-run'],
  '03-impact-analysis': ['00-open-run'],
  'approve-review': ['01-code-review', '02-schema-validation', '03-impact-analysis'],
  '04-environment-check': ['approve-review'],
  '05-backup-database': ['create-branch'],
  '06-dry-run': ['create-branch'],
  'approve-apply': ['05-backup-database', '13-test-rollback'],
  '10-test-constraints': ['09-verify-schema'],
  '11-performance-check': ['09-verify-schema'],
  '12-application-integration': ['09-verify-schema'],
  '14-update-documentation': ['10-test-constraints', '11-performance-check', '12-application-integration'],
};

/** What a document of the straight way follows: the one before it where nothing else is said. */
export const beforeOf = (name: DocumentName): readonly DocumentName[] => {
  const one = straightWay[straightWay.indexOf(name) - 1];
  return before[name] ?? (one ? [one] : []);
};

/** Writes the straight way up to and with a document. */
export const writeUpTo = async (store: ArtifactStore, last: DocumentName): Promise<Written> => {
  const written: Written = new Map();
  for (const name of straightWay.slice(0, straightWay.indexOf(last) + 1))
    await writeDocument(store, written, name, beforeOf(name));
  return written;
};
