/** The little XML that S3's answers and the completion of an upload are made of. */

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

const escapeText = (text: string) => text.replaceAll(/[&<>"]/g, (found) => entities[found] ?? found);

// The ampersand last: what it begins would be unescaped twice.
const unescapeText = (text: string) =>
  Object.entries(entities)
    .reverse()
    .reduce((found, [sign, entity]) => found.replaceAll(entity, sign), text);

export const element = (name: string, content: string | number | boolean): string =>
  `<${name}>${escapeText(String(content))}</${name}>`;

export const document = (name: string, ...children: readonly string[]): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<${name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${children.join('')}</${name}>`;

export const nest = (name: string, ...children: readonly string[]): string => `<${name}>${children.join('')}</${name}>`;

/** The contents of every element of that name, unescaped where they hold no elements. */
export const contentsOf = (xml: string, name: string): readonly string[] =>
  [...xml.matchAll(new RegExp(`<${name}>([\\s\\S]*?)</${name}>`, 'g'))].map(([, content = '']) =>
    content.includes('<') ? content : unescapeText(content),
  );
