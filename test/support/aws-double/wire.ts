/** What the services of the double have in common: a request, what it asks IAM for, an answer, a refusal. */
import type { IncomingHttpHeaders } from 'node:http';

export type WireRequest = {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
};

export type Answer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
};

/** One question to IAM; `context` holds the condition keys of the request. */
export type Ask = {
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string>>;
};

/** What a request turned out to be. Every ask has to be granted before it is performed. */
export type Operation = {
  /** As the service's API reference spells it. */
  readonly name: string;
  readonly asks: readonly Ask[];
  /** `may` is for what S3 only looks at when there is nothing to give. Errors: Refused. */
  perform(may: (ask: Ask) => boolean): Answer | Promise<Answer>;
};

/** An error that the service answers with, under its own code. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export type Service = {
  /** As it stands in the credential scope of a signature. */
  readonly signingName: string;
  /** Errors: Refused, also for every operation that no adapter of ours uses. */
  understand(request: WireRequest): Operation;
  /** The service's words for a refusal. */
  answerRefusal(refused: Refused): Answer;
  readonly denied: { readonly status: number; readonly code: string };
  readonly throttled: { readonly status: number; readonly code: string };
};

/** For what the double does not speak: loud, and nothing that an SDK would try again. */
export const notSpoken = (service: string, what: string) =>
  new Refused(
    400,
    'NotSpokenByTheDouble',
    `the double of ${service} does not speak ${what}; if an adapter needs it, teach it in test/support/aws-double`,
  );

/** Refuses parameters that the double would silently leave out of account. */
export const requireKnown = (service: string, operation: string, found: Iterable<string>, known: readonly string[]) => {
  const unknown = [...found].filter((name) => !known.includes(name));
  if (unknown.length > 0) throw notSpoken(service, `${unknown.join(', ')} of ${operation}`);
};
