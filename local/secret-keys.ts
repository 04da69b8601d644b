/** Keys of this machine's runs, each made once and readable to its owner only. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { count } from '#domain/count';
import type { PublicKeys, Signer } from '#domain/signatures/signature';
import type { Secrets } from '#lambdas/ports/people';
import type { Signing } from '#lambdas/ports/signing';

const keyBytes = 32;

/** The file's bytes; it is made whole or not at all, and whoever comes second takes the first one's. */
const makeOnce = async (file: string, bytes: Uint8Array | string, mode: number): Promise<Buffer> => {
  const aside = `${file}.${process.pid}`;
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(aside, bytes, { mode, flush: true });
  try {
    await link(aside, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(aside, { force: true });
  }
  return readFile(file);
};

const readKey = async (stateDirectory: string, name: string): Promise<Buffer> => {
  const file = path.join(stateDirectory, name);
  const key = await makeOnce(file, randomBytes(keyBytes), 0o600);
  if (key.length < keyBytes)
    throw new Error(
      `${file} holds ${count(key.length, 'byte')}, expected ${keyBytes}: what is made with it could be guessed. Remove it; waiting approvals must then be requested again`,
    );
  return key;
};

/** Throws when a kept key is too short. */
export const openSecrets = async (stateDirectory: string): Promise<Secrets> => {
  const approvalsKey = await readKey(stateDirectory, 'link-key');
  const watchKey = await readKey(stateDirectory, 'watch-key');
  return { approvalsKey: async () => approvalsKey, watchKey: async () => watchKey };
};

/** Where the keys lie that sign: `<signer>.key` is private, `<signer>.pem` is public. */
export const signingKeysIn = (stateDirectory: string): string => path.join(stateDirectory, 'keys');

type KeyPair = { readonly privateKey: string; readonly publicKey: string };

/** The private key alone decides: its public half is written anew where it is missing. */
const readKeyPair = async (stateDirectory: string, signer: Signer): Promise<KeyPair> => {
  const file = path.join(signingKeysIn(stateDirectory), signer);
  const { privateKey: made } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const kept = await makeOnce(`${file}.key`, made.export({ type: 'pkcs8', format: 'pem' }), 0o600);
  try {
    const privateKey = createPrivateKey(kept);
    const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString();
    await writeFile(`${file}.pem`, publicKey, { mode: 0o644 });
    return { privateKey: kept.toString('utf8'), publicKey };
  } catch (cause) {
    throw new Error(
      `${file}.key holds no private key: remove it; a new one is made, and the runs that the old one has signed are then verified with the public keys beside their evidence`,
      { cause },
    );
  }
};

/** The public keys of the runs of a state directory; null where there are none. */
export const readPublicKeys = async (stateDirectory: string): Promise<PublicKeys | null> => {
  const read = (signer: Signer) => readFile(path.join(signingKeysIn(stateDirectory), `${signer}.pem`), 'utf8');
  try {
    const [requests, decisions, closing] = await Promise.all([read('requests'), read('decisions'), read('closing')]);
    return { requests, decisions, closing };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
};

/** Signs with key files. It proves nothing against the user of this machine, who can read them. */
export const openSigning = async (stateDirectory: string): Promise<Signing> => {
  await mkdir(signingKeysIn(stateDirectory), { recursive: true, mode: 0o700 });
  const [requests, decisions, closing] = await Promise.all([
    readKeyPair(stateDirectory, 'requests'),
    readKeyPair(stateDirectory, 'decisions'),
    readKeyPair(stateDirectory, 'closing'),
  ]);
  const signWith = async ({ privateKey }: KeyPair, bytes: Uint8Array) => sign('sha256', bytes, privateKey);
  const publicKeys: PublicKeys = {
    requests: requests.publicKey,
    decisions: decisions.publicKey,
    closing: closing.publicKey,
  };
  return {
    signRequest: (bytes) => signWith(requests, bytes),
    signDecision: (bytes) => signWith(decisions, bytes),
    signClosing: (bytes) => signWith(closing, bytes),
    publicKeys: async () => publicKeys,
  };
};
