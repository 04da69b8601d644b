/** Signatures that whoever verifies them cannot make: ECDSA on P-256 over SHA-256, DER, as KMS makes and openssl verifies them. */
import { createPublicKey, verify } from 'node:crypto';
import { sha256Of } from '#domain/sha256';

/** Who signs: each has a key pair of its own, and only the functions that must can use its private half. */
export const signers = ['requests', 'decisions', 'closing'] as const;
export type Signer = (typeof signers)[number];

/** Public keys as PEM (SubjectPublicKeyInfo). */
export type PublicKeys = Readonly<Record<Signer, string>>;

/** False also for what is no key or no signature at all. */
export const isSignedBy = (publicKey: string, bytes: Uint8Array, signature: Uint8Array): boolean => {
  try {
    return verify('sha256', bytes, publicKey, signature);
  } catch {
    return false;
  }
};

/**
 * sha256 (hex) of the key's DER form: `openssl pkey -pubin -in key.pem -outform DER | openssl dgst -sha256` gives the same.
 * Errors when the text is no public key.
 */
export const fingerprintOf = (publicKey: string): string =>
  sha256Of(createPublicKey(publicKey).export({ format: 'der', type: 'spki' }));
