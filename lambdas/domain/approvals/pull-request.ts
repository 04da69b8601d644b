/** The address of the pull request that a change came with: it is pinned, signed, and shown to approvers as a link. */
import { InvalidInput } from '#domain/errors';

/** Longer than any code host's; a name that hides something in the rest of the line is no address. */
const mostCharacters = 500;

/**
 * As a browser would write it; null for what is no https address. One with a user name or a password is none either: it would be
 * kept in the evidence.
 *
 * @example
 * pullRequestIn(' https://github.com/acme/shop/pull/7 ') // 'https://github.com/acme/shop/pull/7'
 */
export const pullRequestIn = (text: string): string | null => {
  const trimmed = text.trim();
  if (!/^https:\/\/\S+$/i.test(trimmed) || trimmed.length > mostCharacters || !URL.canParse(trimmed)) return null;
  const { href, username, password } = new URL(trimmed);
  return username === '' && password === '' ? href : null;
};

/** What is wrong with one that is none. The value is not repeated: it may hold a password. */
export const noPullRequest = (name: string): string =>
  `${name} is no address that can be kept; expected the https address of a pull request, without a user name and password, such as https://github.com/acme/shop/pull/7`;

/** Errors: InvalidInput. */
export const requirePullRequest = (name: string, text: string): string => {
  const address = pullRequestIn(text);
  if (address === null) throw new InvalidInput(noPullRequest(name));
  return address;
};
