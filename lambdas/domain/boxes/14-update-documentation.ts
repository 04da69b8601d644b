/** Step 14: what the project's own documents and the ledger say of the migration. */
import { count } from '#domain/count';
import type { LedgerEntry } from '#domain/ledger/ledger';
import { failed, type Judgement, judgeOf, proved, type Room } from './room';

export type WrittenDocument = {
  readonly path: string;
  readonly sizeBytes: number;
  /** sha256 (hex) of the whole file as it was written. */
  readonly sha256: string;
};

export type ProposedDocuments =
  | { readonly url: string; readonly branch: string; readonly became: 'made' | 'updated' | 'left as it was' }
  | { readonly notProposed: string };

export type DocumentationFacts = {
  readonly runId: string;
  readonly version: string;
  /** The ledger row of this run; null when there is none. */
  readonly entry: LedgerEntry | null;
  /** The bytes that were written, by path; documents of version 0.2.0 and before do not have them. */
  readonly written: readonly WrittenDocument[];
  /** Where the entry of the decision log was written. */
  readonly decisionLog: string;
  /** Where the schema page was written. */
  readonly schemaPage: string;
  /** The pull request that proposes both; left out where no repository for documents is configured. */
  readonly proposal?: ProposedDocuments;
};

const judge = judgeOf<DocumentationFacts>();

export const documentPaths = { decisionLog: 'docs/decisions.md', schemaPage: 'docs/schema.md' } as const;

const proposedInWords = (proposal: ProposedDocuments | undefined): string => {
  if (!proposal) return '';
  return 'notProposed' in proposal
    ? `; not proposed as a pull request: ${proposal.notProposed}`
    : `; proposed as a pull request (${proposal.became}): ${proposal.url}`;
};

const judgeWritten = (
  what: string,
  {
    location,
    path,
    written,
    proposal,
  }: {
    location: string;
    path: string;
    written: readonly WrittenDocument[] | undefined;
    proposal: ProposedDocuments | undefined;
  },
): Judgement => {
  const document = written?.find((one) => one.path === path);
  if (written && !document) return failed(`nothing is known of what was written to ${location}`, { location });
  const bytes = document ? ` (${count(document.sizeBytes, 'byte')}, sha256 ${document.sha256})` : '';
  return proved(`${what} written to ${location}${bytes}${proposedInWords(proposal)}`, {
    location,
    ...document,
    ...(proposal && { proposal }),
  });
};

export const updateDocumentation: Room<14, DocumentationFacts> = {
  '14.1': judge(
    ['decisionLog'],
    ({ decisionLog, written, proposal }) =>
      judgeWritten('entry', { location: decisionLog, path: documentPaths.decisionLog, written, proposal }),
    ['written', 'proposal'],
  ),
  '14.2': judge(
    ['schemaPage', 'version'],
    ({ schemaPage, version, written, proposal }) =>
      judgeWritten(`schema page and diagram of version ${version}`, {
        location: schemaPage,
        path: documentPaths.schemaPage,
        written,
        proposal,
      }),
    ['written', 'proposal'],
  ),
  '14.3': judge(['entry', 'runId'], ({ entry, runId }) =>
    entry
      ? proved(`ledger row ${entry.version}, applied on ${entry.appliedAt}`, { entry })
      : failed(`the ledger has no row of run ${runId}`),
  ),
};
