/** The one table of keys: where in the store a run keeps what. docs/architecture.md explains each row. */
import { personOf } from '#domain/approvals/person';
import { hashSecret } from '#domain/approvals/secrets';
import type { Stage } from '#domain/approvals/stages';
import type { EvidenceRef } from '#domain/evidence/document';
import type { FileRole } from '#domain/folders/origin';
import { sha256Of } from '#domain/sha256';
import { type Signer, signers } from '#domain/signatures/signature';
import { targetDimensionOf } from '#lambdas/metrics';
import type { Settings } from '#lambdas/ports/ports';

/** Everything of a run lies below it. */
export const runPrefix = (runId: string) => `runs/${runId}/`;

/** An evidence document; `name` as in the document. */
export const documentKey = (runId: string, name: string) => `${runPrefix(runId)}${name}.json`;

/** What `Open run` pinned: every later state reads these and compares their hashes. */
export const pinnedKeys = (runId: string) => ({
  run: `${runPrefix(runId)}run.json`,
  migration: `${runPrefix(runId)}migration.sql`,
  checks: `${runPrefix(runId)}checks.sql`,
  /** The way back where another tool keeps it in a file of its own. */
  back: `${runPrefix(runId)}rollback.sql`,
  /** Another tool's settings beside the migration, such as a journal. */
  settings: `${runPrefix(runId)}settings.txt`,
});

/** Below the run's own folder, so that what reads a run's files reads these too: what a rollback takes back first, counted from 1. */
export const laterFolder = (runId: string, number: number) => `${runId}/later/${number}`;

/** Where the pinned file of a role lies. */
export const pinnedFileKey = (runId: string, role: FileRole): string => {
  const { migration, back, settings } = pinnedKeys(runId);
  return { forward: migration, back, settings }[role];
};

/** When the branch was looked at. */
export type RehearsalMoment =
  | 'before'
  | 'after-up'
  | 'after-down'
  | 'after-up-again'
  | `after-up-to-${number}`
  | `after-down-from-${number}`;

/** When the target was looked at. */
type TargetMoment = 'environment-check' | 'applied' | 'after-rollback';

/** What an earlier run had left behind. */
type EarlierMoment = 'recorded';

/** Facts larger than a page, which documents refer to. */
export const artifactKeys = (runId: string) => {
  const folder = `${runPrefix(runId)}artifacts/`;
  return {
    catalog: (moment: RehearsalMoment | TargetMoment | EarlierMoment) => `${folder}catalog-${moment}.json`,
    server: (moment: RehearsalMoment) => `${folder}server-${moment}.json`,
    outside: (moment: RehearsalMoment) => `${folder}outside-tables-${moment}.json`,
    contents: (moment: RehearsalMoment) => `${folder}contents-${moment}.json`,
    /** Steps 1 to 3 run beside each other: equal catalogs are one artifact, and none is written over by another. */
    reviewedCatalog: (fingerprint: string) => `${folder}catalog-at-review-${fingerprint.slice(0, 16)}.json`,
    sizes: `${folder}sizes-at-environment-check.json`,
    statisticsAtReview: `${folder}statistics-at-review.json`,
    productionStatistics: `${folder}production-statistics.json`,
    baseline: `${folder}baseline.json`,
    serverAtEnvironmentCheck: `${folder}server-at-environment-check.json`,
  };
};

/** What the target held lies apart from the evidence: of all functions only the one that makes it may read it. */
export const backupPrefix = (runId: string) => `backups/${runId}/`;

/** The manifest, which names everything else of the folder. */
export const backupKey = (runId: string) => `${backupPrefix(runId)}manifest.json`;

/** What was to be said when the bytes beside the manifest went. */
export const expiryKey = (runId: string) => `${backupPrefix(runId)}expired.json`;

/** What may lie beside the manifest, as a pattern of names. */
export const backupFile =
  /^(README\.txt|expired\.json|roles\.sql|(before-rows|large-objects|sequences|after-rows|contents|rows\/[0-9]{4,})\.sql\.(gz|zst))$/;

/** Where runs of earlier versions have their dump, the newest first: one file. */
export const singleFileBackupKeys = (runId: string) =>
  [`${backupPrefix(runId)}backup.sql.gz`, olderBackupKey(runId)] as const;

/** Where runs of version 0.5.0 and before have it. */
export const olderBackupKey = (runId: string) => `${runPrefix(runId)}backup.sql.gz`;

/** The same however a person's address is written. */
const nameOfPerson = (person: string): string => sha256Of(personOf(person) ?? person.trim().toLowerCase()).slice(0, 16);

/** Questions and their answers. Everything of approvals has a segment `approvals`, and nothing else has. */
export const approvalKeys = {
  request: (runId: string, stage: Stage) => `${runPrefix(runId)}approvals/${stage}.json`,
  /** The task that waits for the answer. */
  task: (runId: string, stage: Stage) => `${runPrefix(runId)}approvals/${stage}.task.json`,
  /** Whatever lies below it claims to be an answer. */
  decisions: (runId: string, stage: Stage) => `${runPrefix(runId)}approvals/${stage}.decision`,
  /** One for each person. */
  decision: (runId: string, stage: Stage, person: string) =>
    `${runPrefix(runId)}approvals/${stage}.decision-${nameOfPerson(person)}.json`,
  wrongCodes: (runId: string, stage: Stage) => `${runPrefix(runId)}approvals/${stage}.wrong-code-`,
  /** A wrong code that was typed with a person's link; numbered from 1. */
  wrongCode: (runId: string, stage: Stage, person: string, number: number) =>
    `${runPrefix(runId)}approvals/${stage}.wrong-code-${nameOfPerson(person)}-${number}.json`,
  resentLinks: (runId: string, stage: Stage) => `${runPrefix(runId)}approvals/${stage}.resent-`,
  /** A link that somebody had sent anew from the terminal; `number` is the link's. */
  resent: (runId: string, stage: Stage, person: string, number: number) =>
    `${runPrefix(runId)}approvals/${stage}.resent-${nameOfPerson(person)}-${number}.json`,
  evidenceName: (stage: Stage) => `approve-${stage}` as const,
  /** From a link to whom it was sent; only the link's hash is in the name. */
  link: (link: string) => `approvals/${hashSecret(link)}.json`,
  /** Written before the run is told of an answer: whoever comes second knows that somebody was first. */
  delivering: (runId: string, stage: Stage) => `approvals/delivering-${runId}-${stage}.json`,
  guess: (link: string, number: number) => `approvals/${hashSecret(link)}/guess-${number}.json`,
};

/** Beside the document that it signs, and named after its bytes: of a document that is written again the old signature fits nothing. */
export const signatureKey = ({ key, sha256 }: EvidenceRef): string =>
  `${key.replace(/\.json$/, '')}.${sha256.slice(0, 16)}.sig`;

/** True for every signature of a document that lies or lay at `documentAt`. */
export const isSignatureOf = (documentAt: string, key: string): boolean =>
  key.startsWith(documentAt.replace(/json$/, '')) && key.endsWith('.sig');

/** The public keys with which the run's signatures are verified. */
export const publicKeyKeys = (runId: string): Readonly<Record<Signer, string>> =>
  Object.fromEntries(signers.map((signer) => [signer, `${runPrefix(runId)}keys/${signer}.pem`])) as Record<
    Signer,
    string
  >;

/** What the monitoring window keeps while it is open. */
export const watchKeys = (runId: string) => ({
  watch: `${runPrefix(runId)}monitoring/watch.json`,
  summary: `${runPrefix(runId)}monitoring/summary.json`,
});

export const reportKeys = (runId: string) => ({
  json: `${runPrefix(runId)}report.json`,
  markdown: `${runPrefix(runId)}report.md`,
  html: `${runPrefix(runId)}report.html`,
});

/** Says which run's window was opened last for the target: an alarm knows the target only. */
export const windowKey = (target: Settings['expected']): string =>
  `windows/${sha256Of(targetDimensionOf(target)).slice(0, 32)}.json`;

/** The reminders of a run's post-mortem: they go on after the run is closed, so they lie apart from its evidence. */
export const postMortemKey = (runId: string): string => `postmortems/${runId}.json`;

/** The catalog that a run has left on the target, so that the next run can say what drifted. Named by its content. */
export const recordedCatalogKey = (fingerprint: string) => `catalogs/${fingerprint}.json`;
