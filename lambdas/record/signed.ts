/** Documents with a signature beside them. Signed are exactly the bytes as they lie in the store. */
import type { EvidenceRef } from '#domain/evidence/document';
import { sha256Of } from '#domain/sha256';
import { fingerprintOf, isSignedBy, type PublicKeys, type Signer, signers } from '#domain/signatures/signature';
import type { Ports } from '#lambdas/ports/ports';
import type { ArtifactStore } from '#lambdas/ports/store';
import { readReferencedBytes, toJson } from './json';
import { publicKeyKeys, signatureKey } from './keys';

/** The signature lies there before the document does: whoever finds the document finds it signed. */
export const prepareSigned = async (
  store: ArtifactStore,
  key: string,
  value: unknown,
  sign: (bytes: Uint8Array) => Promise<Buffer>,
): Promise<{ readonly ref: EvidenceRef; readonly text: string }> => {
  const text = toJson(value);
  const ref = { key, sha256: sha256Of(text) };
  await store.writeIfAbsent(signatureKey(ref), await sign(Buffer.from(text)));
  return { ref, text };
};

/** What is wrong with a document's signature, as a clause; null when the key has signed these bytes. */
export const signatureFault = async (
  store: ArtifactStore,
  publicKey: string,
  ref: EvidenceRef,
  bytes: Uint8Array,
): Promise<string | null> => {
  const signature = await store.read(signatureKey(ref));
  if (!signature) return `nobody has signed it: there is no ${signatureKey(ref)}`;
  return isSignedBy(publicKey, bytes, signature)
    ? null
    : `${signatureKey(ref)} is not a signature of it by the key with fingerprint ${fingerprintOf(publicKey)}`;
};

/** Signs the document that closes a run: whoever changes anything of the run would have to sign it anew. Base64. */
export const signClosing = async (
  { store, signing }: Pick<Ports, 'store' | 'signing'>,
  ref: EvidenceRef,
): Promise<string> => {
  const signature = await signing.signClosing(await readReferencedBytes(store, ref));
  await store.writeIfAbsent(signatureKey(ref), signature);
  return signature.toString('base64');
};

/** Puts the public keys beside the evidence, once, so that it can be verified when nothing else is left. */
export const keepPublicKeys = async ({ store, signing }: Pick<Ports, 'store' | 'signing'>, runId: string) => {
  const keys = await signing.publicKeys();
  for (const signer of signers) await store.writeIfAbsent(publicKeyKeys(runId)[signer], keys[signer]);
};

/** As they lie beside the evidence; null where one is missing. They prove nothing unless their fingerprints are known from elsewhere. */
export const readKeptPublicKeys = async (store: ArtifactStore, runId: string): Promise<PublicKeys | null> => {
  const kept = await Promise.all(
    signers.map(async (signer: Signer) => [signer, await store.read(publicKeyKeys(runId)[signer])] as const),
  );
  return kept.every(([, pem]) => pem !== null)
    ? (Object.fromEntries(kept.map(([signer, pem]) => [signer, String(pem)])) as PublicKeys)
    : null;
};
