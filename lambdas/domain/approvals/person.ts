/** Who is who: people are known by mail addresses, which the same person may write in several ways. */
import { domainToASCII } from 'node:url';

// What stays when a text is stripped of what surrounds an address: one @, and nothing that separates addresses.
const bareForm = /^[^\s@<>(),;:"\\[\]]+@[^\s@<>(),;:"\\[\]]+$/;

/** The address itself: without display name, `mailto:`, comments and blanks. Null when the text holds none, or more than one. */
export const addressIn = (text: string): string | null => {
  const plain = text
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .trim();
  // `Ada Lovelace <ada@example.org>`: what stands before may itself look like an address, and is only a name.
  const inner = /^[^<>]*<([^<>]*)>$/.exec(plain)?.[1] ?? plain;
  const bare = inner
    .replace(/\([^()]*\)/g, '')
    .replace(/^\s*mailto:/i, '')
    .trim()
    .replace(/^"([^"\\]+)"@/, '$1@')
    .replace(/\s*@\s*/, '@');
  return bareForm.test(bare) ? bare : null;
};

/**
 * The form in which people are compared: lower case, without the plus part, the domain in ASCII and without a dot at its end.
 * Null when the text holds no address, or more than one.
 *
 * @example
 * personOf('Ada Lovelace <Ada+work@Example.org>') // 'ada@example.org'
 */
export const personOf = (text: string): string | null => {
  const address = addressIn(text)?.toLowerCase();
  if (!address) return null;
  const at = address.lastIndexOf('@');
  const [box = ''] = address.slice(0, at).split(/(?<=.)\+/);
  const domain = address.slice(at + 1).replace(/\.+$/, '');
  return `${box}@${domainToASCII(domain) || domain}`;
};

/** Two texts that hold no address are the same person only when they are the same text. */
export const isSamePerson = (one: string, other: string): boolean => {
  const [first, second] = [one, other].map((text) => personOf(text) ?? text.trim().toLowerCase());
  return first === second;
};

/** Each person once, as the first text names them. */
export const differentPeople = (addresses: readonly string[]): readonly string[] =>
  addresses.filter((address, index) => addresses.findIndex((other) => isSamePerson(other, address)) === index);

/** What the run's pin says of those who must not decide alone. */
export type Origin = {
  readonly startedBy: string;
  /** Who wrote the change; absent in runs of an earlier version, null when not named. */
  readonly author?: string | null;
};

/**
 * Why this person must not decide: they started the run or wrote the change, and one approval would be enough. Null when they may:
 * two different people are four eyes whoever started.
 */
export const whyNot = (address: string, { startedBy, author = null }: Origin, needed: number): string | null => {
  if (needed > 1) return null;
  if (isSamePerson(address, startedBy)) return 'started the run';
  return author !== null && isSamePerson(address, author) ? 'wrote the change' : null;
};

/** Those who may decide: each person once. */
export const eligibleApprovers = (addresses: readonly string[], origin: Origin, needed: number): readonly string[] =>
  differentPeople(addresses.filter((address) => whyNot(address, origin, needed) === null));

/** Why a stage cannot be approved by those configured, with what to do; null when it can. */
export const whyNobodyCan = (addresses: readonly string[], origin: Origin, needed: number): string | null => {
  const eligible = eligibleApprovers(addresses, origin, needed);
  if (eligible.length >= needed) return null;
  const excluded = differentPeople(addresses).flatMap((address) => {
    const why = whyNot(address, origin, needed);
    return why === null ? [] : [`${address} ${why}`];
  });
  if (addresses.length === 0) return 'no approver is configured';
  return excluded.length > 0
    ? `${excluded.join(' and ')}, and there is no other approver`
    : `${needed} different people must approve, and there is only ${eligible.join(', ')}`;
};

/** The message of a run that is refused for it. */
export const nobodyCanApprove = (stage: string, migration: string, why: string): string =>
  `nobody can approve the ${stage} of ${migration}: ${why}. Name another approver for this stage, or let somebody else start the run.`;
