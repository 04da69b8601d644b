/** Markdown in which every part is escaped: everything put into a `markdown` template is text, unless it is itself the result of one. */
import { onOneLine, visible } from './visible';

/** Markdown that is safe to write. */
export class Markdown {
  readonly #source: string;
  constructor(source: string) {
    this.#source = source;
  }
  toString(): string {
    return this.#source;
  }
}

export type MarkdownPart = Markdown | string | number | null;

/**
 * A comment or a tag must not be there at all, not even behind a backslash: whoever looks for a comment looks for its letters. An
 * underscore inside a word emphasises nothing, a hyphen or a number only begins a list where the line begins.
 */
const escapeMarkdown = (text: string): string =>
  onOneLine(text)
    .replaceAll(/[\\`*[\]|#~!{}]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_')
    // What GitHub would make a link of without being asked, and whom it would call.
    .replaceAll(/:(?=\/\/)/g, '\\:')
    .replaceAll(/\bwww\./gi, (start) => `${start.slice(0, -1)}\\.`)
    .replaceAll(/(?<![\p{L}\p{N}_])@/gu, '\\@')
    .replace(/^[-+=]/, '\\$&')
    .replace(/^(\d+)([.)])(?=\s|$)/, '$1\\$2');

const render = (part: MarkdownPart): string =>
  part instanceof Markdown ? part.toString() : escapeMarkdown(String(part ?? ''));

/**
 * @example
 * String(markdown`- **By**: ${'a * b'}`) // '- **By**: a \\* b'
 */
export const markdown = (strings: TemplateStringsArray, ...parts: readonly MarkdownPart[]): Markdown =>
  new Markdown(strings.reduce((source, string, index) => `${source}${render(parts[index - 1] ?? null)}${string}`));

const longestRun = (text: string, sign: string) =>
  Math.max(0, ...[...text.matchAll(new RegExp(`${sign}+`, 'g'))].map(([run]) => run.length));

/** Code within a line. A bar would end the cell of a table, even in code. */
export const code = (text: string): Markdown => {
  const line = onOneLine(text).replaceAll('|', '\\|');
  if (line === '') return new Markdown('');
  const fence = '`'.repeat(longestRun(line, '`') + 1);
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return new Markdown(`${fence}${pad}${line}${pad}${fence}`);
};

/** Lines of code; no line of them ends the block. */
export const codeBlock = (language: string, text: string): Markdown => {
  const fence = '`'.repeat(Math.max(3, longestRun(text, '`') + 1));
  return new Markdown(`${fence}${language}\n${visible(text)}\n${fence}`);
};

const row = (cells: readonly MarkdownPart[]) => `| ${cells.map(render).join(' | ')} |`;

export const table = (head: readonly string[], rows: readonly (readonly MarkdownPart[])[]): Markdown =>
  new Markdown([row(head), `| ${head.map(() => '---').join(' | ')} |`, ...rows.map(row)].join('\n'));

export const bullets = (items: readonly MarkdownPart[]): Markdown =>
  new Markdown(items.map((item) => `- ${render(item)}`).join('\n'));

/** Blocks with an empty line between them; those without words are left out. */
export const paragraphs = (blocks: readonly MarkdownPart[]): string =>
  `${blocks
    .map(render)
    .filter((block) => block !== '')
    .join('\n\n')}\n`;

/** What would end the address, or the link. */
const inAddress = (address: string) =>
  address.replaceAll(/[\s()<>\\`"|]/g, (sign) => encodeURIComponent(sign).replace('(', '%28').replace(')', '%29'));

/** The text alone where the address is none of the web. */
export const link = (text: MarkdownPart, address: string): Markdown =>
  /^https?:\/\/[^\s/]+/.test(address)
    ? new Markdown(`[${render(text)}](${inAddress(address)})`)
    : new Markdown(render(text));

/** Folded until somebody opens it. The summary is read as HTML, not as Markdown. */
export const folded = (summary: string, inside: readonly MarkdownPart[]): Markdown => {
  const escaped = onOneLine(summary).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return new Markdown(`<details><summary>${escaped}</summary>\n\n${inside.map(render).join('\n\n')}\n\n</details>`);
};
