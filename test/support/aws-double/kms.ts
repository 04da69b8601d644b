/** AWS KMS (JSON 1.1): Sign and GetPublicKey of ECC_NIST_P256 keys. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { signHash } from './ecdsa';
import { jsonAnswer, jsonRefusal, readJson, targetOf } from './json-service';
import { notSpoken, Refused, requireKnown, type Service } from './wire';

const contentType = 'application/x-amz-json-1.1';

type KeyPair = { readonly privateKey: KeyObject; readonly publicKey: KeyObject };

export type KmsDouble = Service & {
  /** Makes the key with this id, or with this ARN, and returns its ARN. */
  make(key: string): string;
};

const takes: Readonly<Record<string, readonly string[]>> = {
  Sign: ['KeyId', 'Message', 'MessageType', 'SigningAlgorithm'],
  GetPublicKey: ['KeyId'],
};

const signDigest = ({ privateKey }: KeyPair, digest: Buffer): Buffer => {
  if (digest.length !== 32)
    throw new Refused(400, 'ValidationException', `Digest is ${digest.length} bytes, expected 32`);
  return signHash(privateKey, digest);
};

/** `arnOf` is what the account and region make of a key's id. */
export const createKms = (arnOf: (keyId: string) => string): KmsDouble => {
  const keys = new Map<string, KeyPair>();
  const find = (arn: string): KeyPair => {
    const pair = keys.get(arn);
    if (pair) return pair;
    throw new Refused(400, 'NotFoundException', `Key '${arn}' does not exist`);
  };
  return {
    signingName: 'kms',
    make: (key) => {
      const arn = key.startsWith('arn:') ? key : arnOf(key);
      keys.set(arn, generateKeyPairSync('ec', { namedCurve: 'P-256' }));
      return arn;
    },
    answerRefusal: jsonRefusal(contentType),
    denied: { status: 400, code: 'AccessDeniedException' },
    throttled: { status: 400, code: 'ThrottlingException' },
    understand: (request) => {
      const name = targetOf(request, 'TrentService') ?? '';
      const known = takes[name];
      if (!known) throw notSpoken('KMS', String(request.headers['x-amz-target']));
      const input = readJson(request);
      requireKnown('KMS', name, Object.keys(input), known);
      const keyArn = String(input['KeyId']);
      const context = {
        'kms:SigningAlgorithm': String(input['SigningAlgorithm']),
        'kms:MessageType': String(input['MessageType']),
      };
      return {
        name,
        asks: [{ action: `kms:${name}`, resource: keyArn, ...(name === 'Sign' && { context }) }],
        perform: () => {
          const pair = find(keyArn);
          if (name === 'GetPublicKey') {
            const PublicKey = pair.publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
            const described = { KeyId: keyArn, KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' };
            return jsonAnswer({ ...described, SigningAlgorithms: ['ECDSA_SHA_256'], PublicKey }, contentType);
          }
          if (input['SigningAlgorithm'] !== 'ECDSA_SHA_256' || input['MessageType'] !== 'DIGEST')
            throw notSpoken('KMS', `Sign with ${input['SigningAlgorithm']} of a ${input['MessageType']}`);
          const signature = signDigest(pair, Buffer.from(String(input['Message']), 'base64'));
          return jsonAnswer(
            { KeyId: keyArn, Signature: signature.toString('base64'), SigningAlgorithm: 'ECDSA_SHA_256' },
            contentType,
          );
        },
      };
    },
  };
};
