/** A page handler's request and response: the same behind the HTTP API and behind the local web server. */

export type HttpRequest = {
  readonly method: 'GET' | 'POST';
  /** As requested, without the query string. */
  readonly path: string;
  /** Fields of a form sent by POST; empty for GET. */
  readonly form: Readonly<Record<string, string>>;
};

export type HttpResponse = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};
