/** Lines of plain text for mail, chat and terminal: whatever is put into a template stays in its line and is nothing but text. */
import { cutTo, onOneLine } from './visible';

export type Line = (strings: TemplateStringsArray, ...parts: readonly (string | number)[]) => string;

const lineOf =
  (encode: (text: string) => string): Line =>
  (strings, ...parts) =>
    strings.reduce((line, string, index) => `${line}${encode(String(parts[index - 1] ?? ''))}${string}`);

// Whoever asks a person by mail must not let a name or a reason fill it.
const mostCharacters = 400;

/** Programs make a link of an address wherever it stands; the only links of a message are its own. */
const withoutLinks = (text: string) =>
  text.replaceAll(/([a-z][a-z0-9+.-]*):(?=\/\/)/gi, '$1[:]').replaceAll(/\bwww\./gi, 'www[.]');

/**
 * A line of a mail.
 *
 * @example
 * mailLine`Migration: ${name}` // no line break, address or hidden character of the name gets through
 */
export const mailLine = lineOf((text) => withoutLinks(cutTo(onOneLine(text), mostCharacters)));

/**
 * Slack reads `<!channel>`, `<@U1>` and `<address|words>`; Mattermost and Rocket.Chat read `@channel` where no letter stands before it,
 * and Markdown. An address such as ada@example.org is left as it is.
 */
const withoutMentions = (text: string) =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('](', '] (')
    .replaceAll(/(?<![A-Za-z0-9_])@/g, '＠');

/** A line of a message to a chat channel. */
export const chatLine = lineOf((text) => withoutMentions(withoutLinks(cutTo(onOneLine(text), mostCharacters))));

/** A line on a terminal. Whole, because a log and a file get it too. */
export const terminalLine = lineOf(onOneLine);

/** What an own address, which is to be a link, is put into a message with. */
export const ownAddress = (address: string): string => onOneLine(address);
