/**
 * Link and code of an approval. Both are derived from one key, not drawn: asking again gives the same ones, and the store
 * holds nothing but their hashes.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Stage } from './stages';

/** Whom the secrets are for, and for exactly what. */
export type ApprovalContext = {
  readonly runId: string;
  readonly stage: Stage;
  readonly approver: string;
  /** Of `bindingOf`: another binding has other secrets. */
  readonly binding: string;
};

/** Upper case and digits without those that are taken for another: 0 O, 1 I L, 2 Z, 5 S, 8 B, U V. */
const alphabet = '34679ACDEFGHJKMNPQRTWXY';
const codeLength = 8;

const derive = (linkKey: Uint8Array, purpose: string, { runId, stage, approver, binding }: ApprovalContext): Buffer =>
  createHmac('sha256', linkKey)
    .update(JSON.stringify([purpose, runId, stage, approver.trim().toLowerCase(), binding]))
    .digest();

/** The last part of the mailed address: 43 url-safe characters, 256 bits. */
export const linkOf = (linkKey: Uint8Array, context: ApprovalContext): string =>
  derive(linkKey, 'approval link', context).toString('base64url');

/** 8 characters that a person types: 23^8 codes, of which a link takes five guesses. */
export const codeOf = (linkKey: Uint8Array, context: ApprovalContext): string => {
  // 256 bits taken modulo 23^8 (36 bits): the unevenness is far below anything that five guesses could use.
  let rest = BigInt(`0x${derive(linkKey, 'approval code', context).toString('hex')}`);
  const size = BigInt(alphabet.length);
  return Array.from({ length: codeLength }, () => {
    const character = alphabet.charAt(Number(rest % size));
    rest /= size;
    return character;
  }).join('');
};

/** As the mail prints it: `ABCD-EFGH`. */
export const printCode = (code: string): string => `${code.slice(0, 4)}-${code.slice(4)}`;

/** What was meant by what was typed: case, blanks and hyphens do not matter. Null when it cannot be a code at all. */
export const parseCode = (typed: string): string | null => {
  const code = typed.toUpperCase().replace(/[\s-]/g, '');
  return code.length === codeLength && [...code].every((character) => alphabet.includes(character)) ? code : null;
};

const linkForm = /^[A-Za-z0-9_-]{43}$/;

/** False for everything that no mail of ours can have held. */
export const isLink = (text: string): boolean => linkForm.test(text);

/** sha256, hex: the form in which secrets are stored. */
export const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** Takes the same time whether and wherever they differ. */
export const matchesHash = (secret: string, storedHash: string): boolean => {
  const given = Buffer.from(hashSecret(secret), 'hex');
  const stored = Buffer.from(storedHash, 'hex');
  return given.length === stored.length && timingSafeEqual(given, stored);
};
