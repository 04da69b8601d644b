/** What a run knows of the versions beside the one that it takes back: of a rollback its opening says it, of a run of the checklist Step 4. */
import type { EvidenceDocument } from '#domain/evidence/document';
import type { LedgerEntry } from '#domain/ledger/ledger';
import type { MigrationFile } from '#domain/ledger/order-migrations';
import { factsIn } from './facts';

export type AroundRollback = {
  /** The version that stands when it is taken back; null where none does. */
  readonly head: string | null;
  /** Every version that the files or the ledger have. */
  readonly used: readonly string[];
};

/** A file of ours that begins with a number takes it, even where its name is no good otherwise. */
export const usedVersions = (
  files: readonly MigrationFile[],
  ledger: readonly Pick<LedgerEntry, 'version'>[],
): readonly string[] => [
  ...new Set([
    ...files.flatMap(({ fileName, version = /^\d+/.exec(fileName)?.[0] }) => version ?? []),
    ...ledger.map(({ version }) => version),
  ]),
];

/** Null where the run was not so far, and in rollbacks opened before it was looked for. */
export const aroundRollbackIn = (documents: readonly EvidenceDocument[]): AroundRollback | null => {
  const { around } = factsIn(documents, 'open-rollback');
  if (around) return around;
  const { head, files, ledger } = factsIn(documents, '04-environment-check');
  return head === undefined || !files || !ledger ? null : { head, used: usedVersions(files, ledger) };
};
