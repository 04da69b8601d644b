/**
 * Link and code of an approval. Both are derived, not drawn: asking again gives the same ones, the store holds the link's hash
 * and nothing of the code, and whoever has the key knows whom a link was made for.
 */
import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { personOf } from './person';
import type { Stage } from './stages';

/** Whom the secrets are for, and for exactly what. */
export type ApprovalContext = {
  readonly runId: string;
  readonly stage: Stage;
  readonly approver: string;
  /** sha256 of the signed request: another question has other secrets. */
  readonly requestSha256: string;
  /** From 2 on for a link that replaces one that wrong codes have used up; the first has none. */
  readonly number?: number;
};

/** Upper case and digits without those that are taken for another: 0 O, 1 I L, 2 Z, 5 S, 8 B, U V. */
const alphabet = '34679ACDEFGHJKMNPQRTWXY';
const codeLength = 8;

/** A key for one use only: who learns what was made with it learns nothing of the others. */
const keyFor = (approvalsKey: Uint8Array, use: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', approvalsKey, new Uint8Array(), `migration-checklist: ${use}`, 32));

const derive = (
  approvalsKey: Uint8Array,
  use: string,
  { runId, stage, approver, requestSha256, number }: ApprovalContext,
): Buffer =>
  createHmac('sha256', keyFor(approvalsKey, use))
    .update(JSON.stringify([runId, stage, personOf(approver) ?? approver, requestSha256, ...(number ? [number] : [])]))
    .digest();

/** The last part of the mailed address: 43 url-safe characters, 256 bits. */
export const linkOf = (approvalsKey: Uint8Array, context: ApprovalContext): string =>
  derive(approvalsKey, 'approval link', context).toString('base64url');

/** 8 characters that a person types: 23^8 codes, of which a link takes five guesses. */
export const codeOf = (approvalsKey: Uint8Array, context: ApprovalContext): string => {
  // 256 bits taken modulo 23^8 (36 bits): the unevenness is far below anything that five guesses could use.
  let rest = BigInt(`0x${derive(approvalsKey, 'approval code', context).toString('hex')}`);
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

/** sha256, hex: the form in which a link is stored. It has 256 bits, so its hash can be guessed by nobody. */
export const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** Takes the same time whether and wherever they differ. */
export const isSameSecret = (one: string, other: string): boolean =>
  timingSafeEqual(Buffer.from(hashSecret(one), 'hex'), Buffer.from(hashSecret(other), 'hex'));
