/** Keeps a task token readable only to whoever holds the key, and only for the run and stage it was sealed for. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { ApprovalInvalid } from '#domain/errors';

/** Where the sealed text belongs; it cannot be opened as another's. */
export type SealContext = { readonly runId: string; readonly stage: string };

/** Opens every sealed text, so that one is recognised wherever it lies. */
export const sealMark = 'sealed.1.';

const nonceBytes = 12;
const tagBytes = 16;

const keyOf = (secretKey: Uint8Array): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', secretKey, new Uint8Array(), 'migration-checklist: task token', 32));

const associatedData = ({ runId, stage }: SealContext) => Buffer.from(JSON.stringify([runId, stage]));

/** AES-256-GCM; `sealed.1.` and base64url of nonce, tag and ciphertext. The nonce is random unless a test passes one. */
export const seal = (
  secretKey: Uint8Array,
  context: SealContext,
  taskToken: string,
  nonce: Uint8Array = randomBytes(nonceBytes),
): string => {
  const cipher = createCipheriv('aes-256-gcm', keyOf(secretKey), nonce).setAAD(associatedData(context));
  const body = Buffer.concat([cipher.update(taskToken, 'utf8'), cipher.final()]);
  return sealMark + Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url');
};

/** Errors: ApprovalInvalid when it was sealed with another key, for another run or stage, or was changed. */
export const unseal = (secretKey: Uint8Array, context: SealContext, sealed: string): string => {
  const bytes = Buffer.from(sealed.slice(sealMark.length), 'base64url');
  try {
    const decipher = createDecipheriv('aes-256-gcm', keyOf(secretKey), bytes.subarray(0, nonceBytes), {
      authTagLength: tagBytes,
    })
      .setAAD(associatedData(context))
      .setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
    const body = bytes.subarray(nonceBytes + tagBytes);
    return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
  } catch (cause) {
    throw new ApprovalInvalid(
      `the sealed task token of ${context.stage} in run ${context.runId} cannot be opened: it was changed, or the key was; start the run again`,
      { cause },
    );
  }
};
