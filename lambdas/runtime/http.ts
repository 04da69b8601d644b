/** A page handler's request and response: the same behind the HTTP API and behind the local web server. */

export type HttpRequest = {
  readonly method: 'GET' | 'POST';
  /** As requested, without the query string. */
  readonly path: string;
  /** Fields of a form sent by POST; empty for GET. */
  readonly form: Readonly<Record<string, string>>;
  /** ARN of the caller whom IAM has authenticated; missing where the route asks for no signature. */
  readonly caller?: string;
  /** A signed request by which AWS can be asked who they are; missing where none was sent. */
  readonly proof?: string;
};

export type HttpResponse = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};
