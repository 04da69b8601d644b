/** Amazon SES v2 (REST-JSON): SendEmail with a message that is already built, and what an account may send. */
import { type JsonObject, jsonAnswer, jsonRefusal, readJson } from './json-service';
import { notSpoken, Refused, requireKnown, type Service } from './wire';

export type SentMail = {
  readonly messageId: string;
  readonly to: readonly string[];
  readonly raw: Buffer;
};

export type SesDouble = Service & {
  readonly sent: readonly SentMail[];
  /** Hears of every mail once it is taken. Returns how to unsubscribe. */
  onMail(listener: (mail: SentMail) => void): () => void;
};

export type SesOptions = {
  readonly identityArnOf: (identity: string) => string;
  /** Addresses and domains that may send. */
  readonly verified: readonly string[];
  readonly isInSandbox: boolean;
};

const addressOf = (from: string) => /<([^>]+)>$/.exec(from)?.[1] ?? from;

const domainOf = (address: string) => address.slice(address.indexOf('@') + 1);

export const createSes = ({ identityArnOf, verified, isInSandbox }: SesOptions): SesDouble => {
  const sent: SentMail[] = [];
  const listeners = new Set<(mail: SentMail) => void>();
  /** What is asked before a deployment; both know no resources. */
  const asked: Readonly<Record<string, { readonly name: string; readonly answer: () => JsonObject }>> = {
    'GET /v2/email/account': {
      name: 'GetAccount',
      answer: () => ({ SendingEnabled: true, ProductionAccessEnabled: !isInSandbox }),
    },
    'POST /v2/email/list-identities': {
      name: 'ListEmailIdentities',
      answer: () => ({
        EmailIdentities: verified.map((IdentityName) => ({
          IdentityName,
          SendingEnabled: true,
          VerificationStatus: 'SUCCESS',
        })),
      }),
    },
  };
  const take = (input: JsonObject): SentMail => {
    const { Raw } = input['Content'] as { readonly Raw: { readonly Data: string } };
    const { ToAddresses: to } = input['Destination'] as { readonly ToAddresses: readonly string[] };
    const mail = {
      messageId: `0102${String(sent.length + 1).padStart(12, '0')}`,
      to,
      raw: Buffer.from(Raw.Data, 'base64'),
    };
    sent.push(mail);
    for (const listener of listeners) listener(mail);
    return mail;
  };
  return {
    signingName: 'ses',
    sent,
    answerRefusal: jsonRefusal(),
    denied: { status: 403, code: 'AccessDeniedException' },
    throttled: { status: 429, code: 'TooManyRequestsException' },
    onMail: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    understand: (request) => {
      const question = asked[`${request.method} ${request.url.pathname}${request.url.search}`];
      if (question) {
        requireKnown('SES', question.name, Object.keys(readJson(request)), []);
        return {
          name: question.name,
          asks: [{ action: `ses:${question.name}`, resource: '*' }],
          perform: () => jsonAnswer(question.answer()),
        };
      }
      if (request.method !== 'POST' || request.url.pathname !== '/v2/email/outbound-emails')
        throw notSpoken('SES', `${request.method} ${request.url.pathname}`);
      const input = readJson(request);
      requireKnown('SES', 'SendEmail', Object.keys(input), ['Content', 'FromEmailAddress', 'Destination']);
      requireKnown('SES', 'SendEmail', Object.keys(input['Content'] as JsonObject), ['Raw']);
      requireKnown('SES', 'SendEmail', Object.keys(input['Destination'] as JsonObject), ['ToAddresses']);
      const sender = addressOf(String(input['FromEmailAddress']));
      // SES takes the address where it is verified itself, else its domain.
      const identity = verified.includes(sender) ? sender : domainOf(sender);
      const resource = identityArnOf(identity);
      return {
        name: 'SendEmail',
        // Which of the two a message that is already built is asked for, AWS says differently in different places.
        asks: ['ses:SendEmail', 'ses:SendRawEmail'].map((action) => ({ action, resource })),
        perform: () => {
          if (!verified.includes(identity))
            throw new Refused(400, 'MessageRejected', `Email address is not verified: ${sender}`);
          return jsonAnswer({ MessageId: take(input).messageId });
        },
      };
    },
  };
};
