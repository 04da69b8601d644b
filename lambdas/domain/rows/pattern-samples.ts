/** Texts that a simple regular expression takes, or that LIKE does; whether they are taken in truth is asked of PostgreSQL. */

type Part = { readonly letters: readonly string[]; readonly least: number; readonly most: number };

const span = (first: string, last: string): readonly string[] => {
  const [from, to] = [first.charCodeAt(0), last.charCodeAt(0)];
  return Array.from({ length: Math.max(0, Math.min(to - from + 1, 128)) }, (_, at) => String.fromCharCode(from + at));
};

const digits = span('0', '9');
const wordLetters = [...span('a', 'z'), ...digits, '_'];

const escapes: Readonly<Record<string, readonly string[]>> = {
  d: digits,
  w: wordLetters,
  s: [' '],
  n: ['\n'],
  t: ['\t'],
};

const posixClasses: Readonly<Record<string, readonly string[]>> = {
  alpha: span('a', 'z'),
  digit: digits,
  alnum: [...span('a', 'z'), ...digits],
  upper: span('A', 'Z'),
  lower: span('a', 'z'),
  space: [' '],
  xdigit: [...digits, ...span('a', 'f')],
};

/** `[a-z0-9_]`, from behind the bracket. */
const classOf = (text: string): { readonly letters: readonly string[]; readonly length: number } | null => {
  const inner = /^\^?\]?(?:\[:\w+:\]|\\.|[^\]\\])*\]/.exec(text)?.[0];
  if (inner === undefined) return null;
  const isNegated = inner.startsWith('^');
  const letters: string[] = [];
  for (const [item = ''] of inner.slice(isNegated ? 1 : 0, -1).matchAll(/\[:\w+:\]|\\.|[^\\]-[^\]\\]|[\s\S]/g)) {
    if (item.startsWith('[:')) letters.push(...(posixClasses[item.slice(2, -2)] ?? []));
    else if (item.startsWith('\\')) letters.push(...(escapes[item[1] ?? ''] ?? [item[1] ?? '']));
    else if (item.length === 3) letters.push(...span(item[0] ?? '', item[2] ?? ''));
    else letters.push(item);
  }
  const usual = ['a', 'b', 'A', '0', ' ', '-', 'z'];
  return { letters: isNegated ? usual.filter((letter) => !letters.includes(letter)) : letters, length: inner.length };
};

/** How often: `{2,4}`, `*`, `+`, `?`. */
const repeatOf = (text: string) => {
  const [written = '', least, comma, most] = /^\{(\d+)(,?)(\d*)\}/.exec(text) ?? [];
  if (written)
    return {
      least: Number(least),
      most: comma && !most ? Number(least) + 2 : Number(most || least),
      length: written.length,
    };
  const sign = { '*': [0, 3], '+': [1, 3], '?': [0, 1] }[text[0] ?? ''];
  return sign ? { least: sign[0] ?? 0, most: sign[1] ?? 1, length: 1 } : { least: 1, most: 1, length: 0 };
};

/** The text of a group, from behind its bracket to the one that closes it. */
const groupIn = (text: string): string | null => {
  let depth = 1;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '(') depth += 1;
    else if (text[at] === ')') depth -= 1;
    if (depth === 0) return text.slice(0, at);
  }
  return null;
};

/** The alternatives at the outermost level. */
const alternativesOf = (pattern: string): readonly string[] => {
  const parts = [''];
  let depth = 0;
  for (const [item = ''] of pattern.matchAll(/\\.|[\s\S]/g)) {
    if (item === '(' || item === '[') depth += 1;
    if (item === ')' || item === ']') depth -= 1;
    if (item === '|' && depth === 0) parts.push('');
    else parts[parts.length - 1] += item;
  }
  return parts;
};

/** Null where something stands in it that is not known here. */
const sample = (pattern: string, seed: number): string | null => {
  const alternatives = alternativesOf(pattern);
  if (alternatives.length > 1)
    return sample(alternatives[seed % alternatives.length] ?? '', Math.floor(seed / alternatives.length));
  let [text, rest, turn] = ['', pattern, seed];
  const take = ({ letters, least, most }: Part): boolean => {
    if (letters.length === 0) return false;
    const times = least + (turn % (most - least + 1));
    for (let at = 0; at < times; at += 1) {
      text += letters[turn % letters.length];
      turn = turn * 7 + 3;
      turn %= 100_003;
    }
    return true;
  };
  while (rest !== '') {
    const [first = ''] = rest;
    rest = rest.slice(1);
    if (first === '^' || first === '$') continue;
    if (first === '(') {
      const group = groupIn(rest);
      const inner = group === null ? null : sample(group.replace(/^\?:/, ''), turn);
      if (group === null || inner === null) return null;
      rest = rest.slice(group.length + 1);
      const repeat = repeatOf(rest);
      rest = rest.slice(repeat.length);
      text += inner.repeat(Math.max(repeat.least, Math.min(1, repeat.most)));
      continue;
    }
    const bracket = first === '[' ? classOf(rest) : null;
    if (first === '[' && !bracket) return null;
    const letters =
      bracket?.letters ??
      (first === '.' ? wordLetters : first === '\\' ? (escapes[rest[0] ?? ''] ?? [rest[0] ?? '']) : [first]);
    rest = rest.slice(bracket?.length ?? (first === '\\' ? 1 : 0));
    const repeat = repeatOf(rest);
    rest = rest.slice(repeat.length);
    if (!take({ letters, least: repeat.least, most: repeat.most })) return null;
  }
  return text;
};

/**
 * @example
 * samplesOf('^[A-Z]{2}$', 3) // ['AD', 'BK', …]
 */
export const samplesOf = (pattern: string, count: number): readonly string[] => [
  ...new Set(Array.from({ length: count }, (_, seed) => sample(pattern, seed)).filter((text) => text !== null)),
];

/** `%` and `_` filled in. */
export const likeSamples = (pattern: string): readonly string[] =>
  ['', 'a', 'abc'].map((filling) => pattern.replaceAll('%', filling).replaceAll('_', 'a'));
