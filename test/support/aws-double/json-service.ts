/** JSON bodies and errors, as AWS JSON 1.0 and 1.1 and REST-JSON have them. */
import { type Answer, Refused, type WireRequest } from './wire';

export type JsonObject = Readonly<Record<string, unknown>>;

export const jsonAnswer = (value: unknown, contentType = 'application/json'): Answer => ({
  status: 200,
  headers: { 'content-type': contentType },
  body: JSON.stringify(value),
});

export const jsonRefusal =
  (contentType = 'application/json') =>
  ({ status, code, message }: Refused): Answer => ({
    status,
    headers: { 'content-type': contentType, 'x-amzn-errortype': code },
    body: JSON.stringify({ __type: code, message }),
  });

/** Errors: Refused when the body is no JSON object. */
export const readJson = ({ body }: WireRequest): JsonObject => {
  try {
    const value: unknown = JSON.parse(body.toString('utf8') || '{}');
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  } catch {
    // Said below, as for JSON that is no object.
  }
  throw new Refused(400, 'SerializationException', 'the body is not a JSON object');
};

/** The operation in `X-Amz-Target`, behind the service's own prefix; null when it is another service's. */
export const targetOf = ({ headers }: WireRequest, prefix: string): string | null => {
  const target = String(headers['x-amz-target'] ?? '');
  return target.startsWith(`${prefix}.`) ? target.slice(prefix.length + 1) : null;
};
