/** Signs what decides. Each method has a private key of its own, which never leaves the adapter. */
import type { PublicKeys } from '#domain/signatures/signature';

/** ECDSA on P-256 over the SHA-256 of exactly these bytes; the signature is DER. Errors: PlatformFailed. */
export type Signing = {
  signRequest(bytes: Uint8Array): Promise<Buffer>;
  signDecision(bytes: Uint8Array): Promise<Buffer>;
  /** For the document that closes a run. */
  signClosing(bytes: Uint8Array): Promise<Buffer>;
  publicKeys(): Promise<PublicKeys>;
};
