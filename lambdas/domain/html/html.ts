/** Escaping by default: everything put into an `html` template is text, unless it is itself the result of one. */
import { visible } from '#domain/text/visible';

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Markup that is safe to send. Only `html` makes it. */
export class Html {
  readonly #markup: string;
  constructor(markup: string) {
    this.#markup = markup;
  }
  toString(): string {
    return this.#markup;
  }
}

/** What a template takes: text is escaped, markup and lists of it are put in as they are, nothing leaves nothing. */
export type HtmlPart = Html | string | number | null | undefined | false | readonly HtmlPart[];

/** Escapes for element content and quoted attributes. */
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => escapes[character] ?? '');

/** What somebody typed, put back into the field: escaped, and otherwise unchanged. Everywhere else what is not seen is shown. */
export const typed = (text: string): Html => new Html(escapeHtml(text));

const render = (part: HtmlPart): string => {
  if (part === null || part === undefined || part === false) return '';
  if (part instanceof Html) return part.toString();
  if (typeof part === 'string' || typeof part === 'number') return escapeHtml(visible(String(part)));
  return part.map(render).join('');
};

/**
 * Makes markup in which every part is escaped. Attributes must be quoted in the template: `<a href="${link}">`.
 *
 * @example
 * String(html`<b>${'a < b'}</b>`) // '<b>a &lt; b</b>'
 */
export const html = (strings: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html =>
  new Html(strings.reduce((markup, string, index) => `${markup}${render(parts[index - 1])}${string}`));
