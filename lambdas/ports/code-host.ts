/** Where changes are reviewed before they are merged. */
import type { AskedPullRequest } from '#domain/migration/pull-request-facts';

export type CodeHost = {
  /**
   * The pull request of that address, and its files of that name. Never throws: why it could not be asked is a fact like
   * others, and a person may attest instead.
   */
  readPullRequest(address: string, fileName: string): Promise<AskedPullRequest>;
};
