/** Step 14: what the project's own documents and the ledger say of the migration. */
import type { LedgerEntry } from '#domain/ledger/ledger';
import { failed, judgeOf, proved, type Room } from './room';

export type DocumentationFacts = {
  readonly runId: string;
  readonly version: string;
  /** The ledger row of this run; null when there is none. */
  readonly entry: LedgerEntry | null;
  /** Where the entry of the decision log was written. */
  readonly decisionLog: string;
  /** Where the schema page was written. */
  readonly schemaPage: string;
};

const judge = judgeOf<DocumentationFacts>();

export const updateDocumentation: Room<14, DocumentationFacts> = {
  '14.1': judge(['decisionLog'], ({ decisionLog }) => proved(`entry written to ${decisionLog}`)),
  '14.2': judge(['schemaPage', 'version'], ({ schemaPage, version }) =>
    proved(`schema page and diagram of version ${version} written to ${schemaPage}`),
  ),
  '14.3': judge(['entry', 'runId'], ({ entry, runId }) =>
    entry
      ? proved(`ledger row ${entry.version}, applied on ${entry.appliedAt}`, { entry })
      : failed(`the ledger has no row of run ${runId}`),
  ),
};
