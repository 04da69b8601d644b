/** Values that a check may be about, read from its text: its constants, their neighbours, texts of its lengths and patterns. */
import { parseExpression } from '#domain/sql/expressions';
import { nodeOf, nodesOf, stringsOf, walk } from '#domain/sql/syntax';
import { likeSamples, samplesOf } from './pattern-samples';

export type CheckFacts = {
  /** The columns that it names; `value` in a domain's. */
  readonly columns: readonly string[];
  readonly texts: readonly string[];
  readonly numbers: readonly number[];
  readonly patterns: readonly string[];
  readonly likes: readonly string[];
  /** True when a function or an operator other than a comparison was seen, so that more forms are worth a trial. */
  readonly isMeasured: boolean;
};

const patternOperators: readonly string[] = ['~', '~*'];
const likeOperators: readonly string[] = ['~~', '~~*'];

const constantsIn = (value: unknown): readonly string[] => {
  const found: string[] = [];
  walk({ value }, (kind, content) => {
    if (kind === 'A_Const') found.push(nodeOf({ A_Const: content }, 'A_Const')?.sval?.sval ?? '');
  });
  return found.filter((text) => text !== '');
};

/** Null for what the parser does not take. */
export const checkFacts = (check: string): CheckFacts | null => {
  const expression = parseExpression(check);
  if (!expression) return null;
  const [columns, texts, numbers, patterns, likes] = [
    new Set<string>(),
    new Set<string>(),
    new Set<number>(),
    new Set<string>(),
    new Set<string>(),
  ];
  let isMeasured = false;
  walk({ expression }, (kind, content) => {
    if (kind === 'ColumnRef') {
      const name = nodesOf(nodeOf({ ColumnRef: content }, 'ColumnRef')?.fields, 'String').at(-1)?.sval;
      if (name !== undefined) columns.add(name);
    }
    if (kind === 'A_Const') {
      const { sval, ival, fval, boolval, isnull } = nodeOf({ A_Const: content }, 'A_Const') ?? {};
      const text = sval?.sval ?? fval?.fval ?? (boolval || isnull ? '' : String(ival?.ival ?? 0));
      if (sval) texts.add(text);
      if (/^-?\d+(?:\.\d+)?$/.test(text)) numbers.add(Number(text));
    }
    if (kind === 'FuncCall') isMeasured = true;
    if (kind !== 'A_Expr') return;
    const { name, rexpr } = nodeOf({ A_Expr: content }, 'A_Expr') ?? {};
    const operator = stringsOf(name).at(-1) ?? '';
    if (patternOperators.includes(operator)) for (const text of constantsIn(rexpr)) patterns.add(text);
    if (likeOperators.includes(operator)) for (const text of constantsIn(rexpr)) likes.add(text);
  });
  return {
    columns: [...columns],
    texts: [...texts],
    numbers: [...numbers],
    patterns: [...patterns],
    likes: [...likes],
    isMeasured,
  };
};

/** Forms that texts often have to have. */
const usualForms: readonly string[] = [
  ...[
    'a@example.com',
    'https://example.com/a',
    '+41791234567',
    'abc',
    'ABC',
    'a-b',
    'a_b',
    'en',
    'CH',
    'USD',
    '12345',
    'en-US',
  ],
  ...[
    '#ff0000',
    '2026-01-01',
    '00000000-0000-4000-8000-000000000001',
    '/a/b',
    'a.b',
    '1.0.0',
    '0123456789abcdef',
    '{}',
  ],
];

const usualJson: readonly string[] = ['[]', '[1]', '"text"', '1', 'true', 'null'];

/** 200: a length above it is for keeping texts short. */
const longestOfLength = 200;

const ofLength = (length: number) =>
  length >= 0 && length <= longestOfLength ? ['a'.repeat(length), '1'.repeat(length)] : [];

const neighbours = (number: number) => [number, number + 1, number - 1, number + 0.5];

type Family = 'text' | 'number' | 'whole number' | 'moment' | 'json' | 'array' | 'other';

const familyOf = (type: string): Family => {
  if (type.endsWith('[]')) return 'array';
  if (/^(?:text|character|"char"|name)|citext$/.test(type)) return 'text';
  if (/^(?:smallint|integer|bigint)$/.test(type)) return 'whole number';
  if (/^(?:numeric|real|double precision)/.test(type)) return 'number';
  if (/^(?:date|timestamp)/.test(type)) return 'moment';
  return /^jsonb?$/.test(type) ? 'json' : 'other';
};

const isMoment = (text: string) => /^\d{4}-\d\d-\d\d/.test(text);

const dayMs = 86_400_000;

const dayBehind = (text: string) => {
  const day = Date.parse(text.slice(0, 10));
  return Number.isNaN(day) ? text : new Date(day + dayMs).toISOString().slice(0, 10);
};

const variants = 12;

/** In PostgreSQL's input format for the type; a value of a form that the type does not take is not among them. */
export const valuesForCheck = (facts: CheckFacts, type: string): readonly string[] => {
  const { texts, numbers, patterns, likes } = facts;
  switch (familyOf(type)) {
    case 'text':
      return [
        ...texts,
        ...patterns.flatMap((pattern) => samplesOf(pattern, variants)),
        ...likes.flatMap(likeSamples),
        ...(facts.isMeasured ? numbers.flatMap((length) => [length, length - 1, length + 1].flatMap(ofLength)) : []),
        ...(facts.isMeasured || patterns.length > 0 ? usualForms : []),
      ];
    case 'whole number':
      return numbers.flatMap(neighbours).filter(Number.isSafeInteger).map(String);
    case 'number':
      return numbers.flatMap(neighbours).map(String);
    case 'moment':
      return texts.filter(isMoment).flatMap((text) => [text, dayBehind(text)]);
    case 'json':
      return [...usualJson, ...texts.map((key) => JSON.stringify({ [key]: 'value' }))];
    case 'array':
      return [...texts, ...numbers.map(String)].map((text) => `{${JSON.stringify(text)}}`).concat('{1,2}', '{1}');
    default:
      return [];
  }
};

/** The constants in the bounds of partitions: `FOR VALUES IN ('north', 1)`. */
export const constantsOfBound = (
  bound: string,
): { readonly texts: readonly string[]; readonly numbers: readonly number[] } => {
  const texts = (bound.match(/'(?:[^']|'')*'/g) ?? []).map((quoted) => quoted.slice(1, -1).replaceAll("''", "'"));
  const bare = bound.replaceAll(/'(?:[^']|'')*'/g, ' ').match(/-?\d+(?:\.\d+)?/g) ?? [];
  return { texts, numbers: [...bare, ...texts.filter((text) => /^-?\d+(?:\.\d+)?$/.test(text))].map(Number) };
};
