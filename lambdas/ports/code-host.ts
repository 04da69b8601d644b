/** Where changes are reviewed before they are merged. */
import type { AskedPullRequest } from '#domain/migration/pull-request-facts';

export type DocumentProposal = {
  /** Names the branch: the same run proposes once. */
  readonly runId: string;
  readonly title: string;
  /** Markdown. */
  readonly body: string;
  /** The whole text of each from what the repository has; null where it has none. */
  readonly documents: readonly { readonly path: string; readonly textFrom: (current: string | null) => string }[];
};

export type ProposalMade = {
  /** Of the pull request. */
  readonly url: string;
  readonly branch: string;
  readonly became: 'made' | 'updated' | 'left as it was';
};

export type Proposal = ProposalMade | { readonly notProposed: string };

export type CodeHost = {
  /**
   * The pull request of that address, and its files of that name. Never throws: why it could not be asked is a fact like
   * others, and a person may attest instead.
   */
  readPullRequest(address: string, fileName: string): Promise<AskedPullRequest>;
  /**
   * Proposes documents as a pull request; idempotent by run. Null where no repository for documents is configured. Never throws:
   * the documents are written elsewhere besides.
   */
  proposeDocuments(proposal: DocumentProposal): Promise<Proposal | null>;
};
