/** What a reader cannot see in a text, or would see in another place, is shown by its number: `[U+202E]`. */

// Controls, formats (among them those that turn the direction), separators of lines and paragraphs, halves of pairs, and
// what fonts draw as nothing. Within emoji 200D joins two of them, and FE0E and FE0F choose how one is drawn.
const emojiPart = /\p{Extended_Pictographic}\p{Emoji_Modifier}?\ufe0f?/u.source;
const hidden = new RegExp(
  [
    `(?<!${emojiPart})\\u200d`,
    /\u200d(?!\p{Extended_Pictographic})/u.source,
    /(?<!\p{Extended_Pictographic})[\ufe0e\ufe0f]/u.source,
    /(?!\t|\n|\u200d|\ufe0e|\ufe0f)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u.source,
  ].join('|'),
  'gu',
);

const numberOf = (character: string) =>
  `[U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`;

// Looking for what is hidden takes long for each character, and most texts have nothing but these.
const onlySeen = /^[\t\n -~]*$/;

/** Line breaks and tabs stay; every other character that is not seen becomes its number. */
export const visible = (text: string): string =>
  onlySeen.test(text) ? text : text.replaceAll('\r\n', '\n').replaceAll(hidden, numberOf);

/** For places that have one line only: breaks and blanks of any kind become one blank, the rest is made visible. */
export const onOneLine = (text: string): string => visible(text.replaceAll(/[\s\x85]+/g, ' ').trim());

/** The path as part of an address. Half a character, which no address can hold, becomes the sign for it. */
export const pathInAddress = (path: string): string =>
  path
    .replaceAll(/\p{Cs}/gu, '\ufffd')
    .split('/')
    .map(encodeURIComponent)
    .join('/');

/** No more than so many characters; the last one says that there were more. */
export const cutTo = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`;

/** The same value, with everything that is not seen written as JSON's own escapes. */
export const printJson = (value: unknown, indent?: number): string =>
  JSON.stringify(value, null, indent).replaceAll(hidden, (character) =>
    [...Array(character.length).keys()]
      .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
      .join(''),
  );
