/** Signs with keys that AWS KMS keeps: their private halves never leave it, and its key policies say who may use which. */
import { createHash, createPublicKey } from 'node:crypto';
import { GetPublicKeyCommand, type KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { PlatformFailed } from '#domain/errors';
import type { PublicKeys, Signer } from '#domain/signatures/signature';
import type { Signing } from '#lambdas/ports/signing';
import { describeFailure } from './aws-failure';

const failed = (what: string, cause: unknown) =>
  new PlatformFailed(`${what} AWS KMS: ${describeFailure(cause)}`, { cause });

const sign = async (client: KMSClient, keyArn: string, bytes: Uint8Array): Promise<Buffer> => {
  const command = new SignCommand({
    KeyId: keyArn,
    // The hash and not the bytes: KMS takes 4,096 bytes at most.
    Message: createHash('sha256').update(bytes).digest(),
    MessageType: 'DIGEST',
    SigningAlgorithm: 'ECDSA_SHA_256',
  });
  const { Signature } = await client.send(command).catch((cause) => {
    throw failed(`a document cannot be signed with the key ${keyArn} of`, cause);
  });
  return Buffer.from(Signature ?? []);
};

const readPublicKey = async (client: KMSClient, keyArn: string): Promise<string> => {
  const { PublicKey } = await client.send(new GetPublicKeyCommand({ KeyId: keyArn })).catch((cause) => {
    throw failed(`the public key of ${keyArn} cannot be read from`, cause);
  });
  const key = createPublicKey({ key: Buffer.from(PublicKey ?? []), format: 'der', type: 'spki' });
  return key.export({ format: 'pem', type: 'spki' }).toString();
};

/** `keyArns` are those of ECC_NIST_P256 keys that sign and verify. */
export const createKmsSigning = (client: KMSClient, keyArns: Readonly<Record<Signer, string>>): Signing => ({
  signRequest: async (bytes) => sign(client, keyArns.requests, bytes),
  signDecision: async (bytes) => sign(client, keyArns.decisions, bytes),
  signClosing: async (bytes) => sign(client, keyArns.closing, bytes),
  publicKeys: async (): Promise<PublicKeys> => {
    const [requests, decisions, closing] = await Promise.all([
      readPublicKey(client, keyArns.requests),
      readPublicKey(client, keyArns.decisions),
      readPublicKey(client, keyArns.closing),
    ]);
    return { requests, decisions, closing };
  },
});
