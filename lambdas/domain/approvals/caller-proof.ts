/**
 * How a caller proves who they are: a request to AWS's own GetCallerIdentity, signed by them and bound to what they ask here. Whoever
 * may invoke the function can write any caller into its event, and cannot make this.
 */
import { sha256Of } from '#domain/sha256';

/** Carries the signed request's headers, as base64 of JSON. */
export const proofHeader = 'x-migration-checklist-caller';

/** Of the signed request: names what it was made for, so that it serves for nothing else. */
export const bindingHeader = 'x-migration-checklist-request';

export const identityBody = 'Action=GetCallerIdentity&Version=2011-06-15';

/** AWS's endpoint in this region; the host is signed. */
export const identityHost = (region: string): string =>
  `sts.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;

type Asked = {
  /** Of the installation. */
  readonly origin: string;
  readonly method: string;
  readonly path: string;
  readonly form: Readonly<Record<string, string>>;
};

export const bindingOfRequest = ({ origin, method, path, form }: Asked): string =>
  sha256Of(
    JSON.stringify([origin, method, path, Object.entries(form).sort(([one], [other]) => (one < other ? -1 : 1))]),
  );

export type IdentityHeaders = Readonly<Record<string, string>>;

export const packProof = (headers: IdentityHeaders): string => Buffer.from(JSON.stringify(headers)).toString('base64');

/** What a signed request has; nothing else is passed on. */
const passed = [
  ...['authorization', 'content-type', 'x-amz-date', 'x-amz-security-token', 'x-amz-content-sha256'],
  bindingHeader,
];

const signedForm =
  /^AWS4-HMAC-SHA256 Credential=[^\s,]+\/sts\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=[0-9a-f]{64}$/;

/** The headers of a signed request that was made for exactly this; null for everything else. */
export const readProof = (text: string, binding: string): IdentityHeaders | null => {
  let headers: Readonly<Record<string, unknown>>;
  try {
    headers = JSON.parse(Buffer.from(text, 'base64').toString('utf8')) ?? {};
  } catch {
    return null;
  }
  const kept = Object.fromEntries(
    passed.flatMap((name) => (typeof headers[name] === 'string' ? [[name, headers[name]]] : [])),
  );
  const [, names = ''] = signedForm.exec(kept['authorization'] ?? '') ?? [];
  const signed = names.split(';');
  return kept[bindingHeader] === binding && signed.includes(bindingHeader) && signed.includes('host') ? kept : null;
};
