/** Apart from the client, so that whoever only asks whether GitHub failed loads none. */

/** GitHub said no, or nothing that can be used. The message never holds the token. */
export class GitHubFailed extends Error {
  override readonly name = 'GitHubFailed';
  /** Null where there was no answer. */
  readonly status: number | null;
  constructor(message: string, status: number | null, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}
