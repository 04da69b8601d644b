/** The closed list of what may lie in a run's folder, and which states put it there. */
import { type Stage, stages } from '#domain/approvals/stages';
import type { DocumentName } from '#domain/boxes/facts';
import { isDocumentName } from '#domain/boxes/rooms';
import { backupFile, backupKey, backupPrefix, runPrefix, singleFileBackupKeys } from './keys';

type RunFile = { readonly path: RegExp; readonly by: readonly DocumentName[] };

const reviews: readonly DocumentName[] = ['01-code-review', '02-schema-validation', '03-impact-analysis'];

const backups: readonly DocumentName[] = ['05-backup-database'];

const ends: readonly DocumentName[] = ['sign-off', 'close-run'];

/** Question, task and answers, with the signatures beside them; `decision.json` lies in runs of version 0.3.0 and before. */
const questionFile = (stage: Stage) =>
  new RegExp(
    `^approvals/${stage}\\.(json|task\\.json|(wrong-code|resent)-[0-9a-f]{16}-[1-9][0-9]?\\.json|decision\\.json|decision-[0-9a-f]{16}\\.json|(decision-[0-9a-f]{16}\\.)?[0-9a-f]{16}\\.sig)$`,
  );

const files: readonly RunFile[] = [
  {
    path: /^(run\.json|migration\.sql|rollback\.sql|settings\.txt)$/,
    by: ['00-open-run', 'open-rollback'],
  },
  { path: /^checks\.sql$/, by: ['00-open-run'] },
  // What was applied after it, and is taken back before it.
  { path: /^later\/[1-9][0-9]*\/(migration\.sql|rollback\.sql|settings\.txt)$/, by: ['open-rollback'] },
  { path: /^artifacts\/catalog-at-review-[0-9a-f]{16}\.json$/, by: reviews },
  { path: /^artifacts\/(statistics-at-review|production-statistics)\.json$/, by: ['03-impact-analysis'] },
  {
    path: /^artifacts\/(catalog-environment-check|sizes-at-environment-check|server-at-environment-check|baseline)\.json$/,
    by: ['04-environment-check'],
  },
  { path: /^artifacts\/catalog-recorded\.json$/, by: ['04-environment-check', 'rehearse-rollback'] },
  {
    path: /^artifacts\/(catalog|server|outside-tables|contents)-before\.json$/,
    by: ['06-dry-run', 'rehearse-rollback'],
  },
  { path: /^artifacts\/(catalog|server|outside-tables|contents)-after-up\.json$/, by: ['06-dry-run'] },
  {
    path: /^artifacts\/(catalog|server|outside-tables|contents)-after-down\.json$/,
    by: ['13-test-rollback', 'rehearse-rollback'],
  },
  {
    path: /^artifacts\/(catalog|server|outside-tables|contents)-(after-up-again|after-(up-to|down-from)-[1-9][0-9]*)\.json$/,
    by: ['13-test-rollback'],
  },
  { path: /^artifacts\/catalog-applied\.json$/, by: ['09-verify-schema', '10-test-constraints'] },
  { path: /^artifacts\/catalog-after-rollback\.json$/, by: ['verify-rollback'] },
  ...stages.map((stage): RunFile => ({ path: questionFile(stage), by: [`approve-${stage}`] })),
  {
    path: /^keys\/(requests|decisions|closing)\.pem$/,
    by: [...stages.map((stage) => `approve-${stage}` as const), ...ends],
  },
  ...ends.map((end): RunFile => ({ path: new RegExp(`^${end}\\.[0-9a-f]{16}\\.sig$`), by: [end] })),
  { path: /^monitoring\/(watch|summary)\.json$/, by: ['16-monitor'] },
  { path: /^report\.(json|md|html)$/, by: ['sign-off', 'close-run'] },
];

/** Empty for what does not lie in the run's folder. */
const pathIn = (runId: string, key: string): string =>
  key.startsWith(runPrefix(runId)) ? key.slice(runPrefix(runId).length) : '';

/** The manifest and what lies beside it; of runs of an earlier version one file. */
const isOfBackup = (runId: string, key: string): boolean =>
  [backupKey(runId), ...singleFileBackupKeys(runId)].includes(key) ||
  (key.startsWith(backupPrefix(runId)) && backupFile.test(key.slice(backupPrefix(runId).length)));

/** Whose document lies under this key; null for all other files. */
export const documentNameOf = (runId: string, key: string): DocumentName | null => {
  const name = pathIn(runId, key).replace(/\.json$/, '');
  return key.endsWith('.json') && isDocumentName(name) ? name : null;
};

/** False for whatever no state of the workflow puts there. */
export const isOfRun = (runId: string, key: string): boolean =>
  documentNameOf(runId, key) !== null || writersOf(runId, key).length > 0;

/** The states that put a file under this key, which is no document; empty when none does. */
export const writersOf = (runId: string, key: string): readonly DocumentName[] =>
  isOfBackup(runId, key) ? backups : (files.find(({ path }) => path.test(pathIn(runId, key)))?.by ?? []);
