/** Asks the API of an installation on AWS, in requests that are signed with the caller's own credentials (Signature Version 4). */
import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { S3Client } from '@aws-sdk/client-s3';
import { SignatureV4 } from '@smithy/signature-v4';
import { UsageError } from '#command-line/exit-codes';
import {
  bindingHeader,
  bindingOfRequest,
  identityBody,
  identityHost,
  packProof,
  proofHeader,
} from '#domain/approvals/caller-proof';
import { findOwnConfig, readOwnConfig } from '#infra/config';
import { stackNameOf } from '#infra/stack-names';
import type { Answerer } from './answerer';

/** As the signer wants it; with a secret an HMAC. */
class Sha256 {
  private readonly hash: Hash | Hmac;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.hash =
      secret === undefined
        ? createHash('sha256')
        : createHmac('sha256', typeof secret === 'string' ? secret : bytesOf(secret));
  }
  update(data: Uint8Array | string) {
    this.hash.update(data);
  }
  async digest() {
    return new Uint8Array(this.hash.digest());
  }
  reset() {
    throw new Error('a hash of one request is not used again');
  }
}

const bytesOf = (secret: ArrayBuffer | ArrayBufferView) =>
  ArrayBuffer.isView(secret)
    ? new Uint8Array(secret.buffer, secret.byteOffset, secret.byteLength)
    : new Uint8Array(secret);

/** `https://<id>.execute-api.<region>.amazonaws.com` says it itself; behind a name of one's own it is the configuration's. */
const regionOf = (url: URL): string => {
  const found =
    /\.execute-api\.([a-z0-9-]+)\.amazonaws\./.exec(url.hostname)?.[1] ??
    findOwnConfig(process.cwd())?.['installation.region'] ??
    process.env['AWS_REGION'];
  if (found) return found;
  throw new UsageError(`${url.origin} does not say its region; set AWS_REGION`);
};

const isOfThisMachine = ({ hostname }: URL) => hostname === '127.0.0.1';

/** Errors: UsageError. */
const parseUrl = (text: string): URL => {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url && (url.protocol === 'https:' || isOfThisMachine(url)) && url.pathname === '/' && url.search === '')
    return url;
  throw new UsageError(
    `--url is "${text}"; expected the address of the approval pages, such as https://abcde12345.execute-api.eu-central-1.amazonaws.com`,
  );
};

/** Loaded only here: the installed package goes without it. */
const deployedUrl = async (): Promise<string> => {
  const config = readOwnConfig(process.cwd());
  const { CloudFormationClient } = await import('@aws-sdk/client-cloudformation');
  const { readStackOutput } = await import('#commands/stores/stack-output');
  const client = new CloudFormationClient({ region: config['installation.region'] });
  return readStackOutput(client, stackNameOf(config, 'approvals'), 'ApprovalPagesUrl');
};

type HttpRequest = Parameters<SignatureV4['presign']>[0];

type Credentials = { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string };

const formType = 'application/x-www-form-urlencoded';

const identityRequest = (region: string, binding: string): HttpRequest => ({
  ...{ method: 'POST', protocol: 'https:', hostname: identityHost(region), path: '/', body: identityBody },
  headers: { host: identityHost(region), 'content-type': formType, [bindingHeader]: binding },
});

/** `address` null = the one of the installation in checklist.config.yaml; `own` left out = the SDK's chain. Errors: UsageError, InvalidInput, PlatformFailed. */
export const findApi = async (address: string | null, own?: Credentials): Promise<Answerer> => {
  const url = parseUrl(address ?? (await deployedUrl()));
  const region = regionOf(url);
  // The SDK's own chain: variables, profile, IAM Identity Center.
  const credentials = own ?? new S3Client({ region }).config.credentials;
  const signerFor = (service: string) => new SignatureV4({ service, region, credentials, sha256: Sha256 });
  const [api, identity] = [signerFor('execute-api'), signerFor('sts')];
  const sign = (signer: SignatureV4, request: HttpRequest) =>
    signer.sign(request).catch((cause: unknown) => {
      throw new Error(
        `the request could not be signed: ${(cause as Error).message}; set AWS_PROFILE, or sign in as your organisation does it`,
        { cause },
      );
    });
  return {
    name: url.host,
    pages: url.origin,
    request: async (path, form) => {
      const method = form ? 'POST' : 'GET';
      const binding = bindingOfRequest({ origin: url.origin, method, path, form: form ?? {} });
      const proof = await sign(identity, identityRequest(region, binding));
      const body = form && new URLSearchParams({ ...form }).toString();
      const signed = await sign(api, {
        method,
        protocol: url.protocol,
        hostname: url.hostname,
        ...(url.port !== '' && { port: Number(url.port) }),
        path,
        headers: { host: url.host, [proofHeader]: packProof(proof.headers), ...(form && { 'content-type': formType }) },
        ...(body !== undefined && { body }),
      });
      const { host: _, ...headers } = signed.headers;
      try {
        const answer = await fetch(`${url.origin}${path}`, {
          ...{ method: signed.method, headers, redirect: 'error' },
          ...(body !== undefined && { body }),
        });
        return { status: answer.status, text: await answer.text() };
      } catch (cause) {
        throw new Error(`${url.origin} did not answer (${(cause as Error).message}); nothing is known to be decided`, {
          cause,
        });
      }
    },
  };
};
