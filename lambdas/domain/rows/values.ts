/**
 * Values of a type as PostgreSQL reads them, the usual ones first and then those in which faults show: empty and long texts, mixed
 * case, what is no number, zero, negative and large numbers, days far off.
 */
import { baseOf, familyOf, type MadeTypes } from './types';

export type ValueMaker = {
  /** Some of them equal those of other rows. */
  readonly usual: readonly string[];
  /** Another one for each number, from 0. */
  readonly distinct: (number: number) => string;
};

/** 3,000: longer than what most columns are narrowed to, and as it is one letter it is short in an index. */
const longestText = 3_000;

/** Every fifth of the distinct texts is a long one. */
const longEvery = 5;

const textMaker = (limit: number): ValueMaker => {
  const cut = (text: string) => text.slice(0, limit);
  const length = Math.min(limit, longestText);
  return {
    usual: ['alpha', 'Alpha', '', '42', 'x'.repeat(length), `it's "quoted"; 100%`, 'beta gamma'].map(cut),
    distinct: (number) => {
      const suffix = number.toString(36);
      const start = number % 3 === 1 ? 'Value-' : 'value-';
      if (suffix.length + start.length > limit) return cut(suffix.padStart(Math.min(limit, 2), '0'));
      return number % longEvery === longEvery - 1 ? `${'x'.repeat(length - suffix.length)}${suffix}` : start + suffix;
    },
  };
};

const numberMaker = (large: string): ValueMaker => ({
  usual: ['1', '2', '0', '-1', '42', large],
  distinct: (number) => (number % longEvery === longEvery - 1 ? String(Number(large) - number) : String(number + 1)),
});

/** `numeric(5,2)`: the largest is 999.99. */
const numericMaker = ([precision, scale = 0]: readonly number[]): ValueMaker => {
  if (precision === undefined)
    return { ...numberMaker('12345678901234'), usual: ['1', '19.99', '0', '-1', '1234567890123.4567'] };
  const whole = precision - scale;
  const largest = `${'9'.repeat(Math.max(0, whole)) || '0'}${scale > 0 ? `.${'9'.repeat(scale)}` : ''}`;
  const step = (number: number) => (scale > 0 ? number / 10 ** scale : number);
  const range = 10 ** Math.min(precision, 15) - 1;
  return {
    usual: [...(whole > 0 ? ['1', '0', '-1'] : ['0']), largest],
    distinct: (number) => step((number % range) + 1).toFixed(Math.max(0, scale)),
  };
};

const dayOf = (number: number) => new Date(Date.UTC(2020, 0, 1 + number)).toISOString().slice(0, 10);

const dateMaker = (time: string): ValueMaker => ({
  usual: ['2024-02-29', '2026-01-01', '1000-01-01', '9999-12-31', '1970-01-01'].map((day) => `${day}${time}`),
  distinct: (number) => `${dayOf(number)}${time}`,
});

const fixed = (usual: readonly string[], distinct: ValueMaker['distinct']): ValueMaker => ({ usual, distinct });

const hexOf = (number: number, length: number) => number.toString(16).padStart(length, '0');

const uuidOf = (number: number) => `00000000-0000-4000-8000-${hexOf(number + 1, 12)}`;

const addressOf = (number: number) => `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;

const json = fixed(['{}', '{"key": "value"}', '{"key": null}'], (number) => `{"key": ${number}}`);

const bitsOf = (limit: number, isVarying: boolean) =>
  fixed(isVarying ? ['', '1', '0'] : ['0'.repeat(limit), '1'.repeat(limit)], (number) =>
    number.toString(2).padStart(limit, '0').slice(-limit),
  );

const clock = fixed(['12:00:00', '00:00:00', '23:59:59'], (number) =>
  [number / 3_600, (number / 60) % 60, number % 60].map((part) => hexTwo(Math.floor(part))).join(':'),
);

const hexTwo = (part: number) => String(part).padStart(2, '0');

/** By the family of the type, its numbers in brackets at hand. 100,000 is beyond a smallint, and a series up to it is made in no time. */
const makers: Readonly<Record<string, (modifiers: readonly number[]) => ValueMaker>> = {
  text: () => textMaker(longestText),
  citext: () => textMaker(longestText),
  'character varying': ([limit = longestText]) => textMaker(limit),
  character: ([limit = 1]) => textMaker(limit),
  name: () => textMaker(60),
  '"char"': () => textMaker(1),
  smallint: () => numberMaker('30000'),
  integer: () => numberMaker('100000'),
  bigint: () => numberMaker('5000000000'),
  oid: () => fixed(['1', '0', '4294967295'], (number) => String(number + 1)),
  numeric: numericMaker,
  real: () => fixed(['1', '0', '-1.5', '1e30'], (number) => String(number + 0.5)),
  'double precision': () => fixed(['1', '0', '-1.5', '1e300'], (number) => String(number + 0.5)),
  money: () => fixed(['1.00', '0', '-1.50', '99999999.99'], (number) => `${number + 1}.00`),
  boolean: () => fixed(['true', 'false'], (number) => String(number % 2 === 0)),
  date: () => dateMaker(''),
  'timestamp without time zone': () => dateMaker(' 12:30:00'),
  'timestamp with time zone': () => dateMaker(' 12:30:00+00'),
  'time without time zone': () => clock,
  'time with time zone': () => ({
    usual: clock.usual.map((time) => `${time}+00`),
    distinct: (number) => `${clock.distinct(number)}+00`,
  }),
  interval: () => fixed(['1 day', '0', '-3 mons', '100 years'], (number) => `${number + 1} days`),
  uuid: () => fixed([0, 1, 2].map(uuidOf), uuidOf),
  json: () => json,
  jsonb: () => json,
  bytea: () => fixed(['\\x00ff', '\\x', '\\x616263'], (number) => `\\x${hexOf(number, 8)}`),
  inet: () => fixed(['10.0.0.1', '::1', '192.168.0.0/16'], addressOf),
  cidr: () => fixed(['10.0.0.0/8', '192.168.1.0/24'], addressOf),
  macaddr: () => fixed(['08:00:2b:01:02:03'], (number) => `08002b:${hexOf(number, 6)}`),
  macaddr8: () => fixed(['08:00:2b:01:02:03:04:05'], (number) => `08002b0102:${hexOf(number, 6)}`),
  bit: ([limit = 1]) => bitsOf(limit, false),
  'bit varying': ([limit = 20]) => bitsOf(limit, true),
  xml: () => fixed(['<a/>', '<a>text</a>'], (number) => `<a>${number}</a>`),
  tsvector: () => fixed(['a fat cat', ''], (number) => `word${number}`),
  tsquery: () => fixed(['fat & cat'], (number) => `word${number}`),
  point: () => fixed(['(1.5,-2)', '(0,0)'], (number) => `(${number},${number})`),
  line: () => fixed(['{1,2,3}'], (number) => `{1,2,${number}}`),
  lseg: () => fixed(['[(0,0),(1,1)]'], (number) => `[(0,0),(1,${number})]`),
  box: () => fixed(['(1,1),(0,0)'], (number) => `(${2 * number + 1},1),(${2 * number},0)`),
  path: () => fixed(['((0,0),(1,1))'], (number) => `((0,0),(1,${number}))`),
  polygon: () => fixed(['((0,0),(1,1),(1,0))'], (number) => `((0,0),(1,1),(1,${number}))`),
  circle: () => fixed(['<(0,0),1>'], (number) => `<(${3 * number},0),1>`),
  pg_lsn: () => fixed(['0/0', '16/B374D848'], (number) => `0/${hexOf(number, 1)}`),
  regclass: () => fixed(['pg_catalog.pg_class'], () => 'pg_catalog.pg_class'),
  hstore: () => fixed(['key=>value', ''], (number) => `key=>${number}`),
  ltree: () => fixed(['top', 'top.middle.low'], (number) => `top.n${number}`),
  vector: ([size = 1]) =>
    fixed(
      [`[${Array.from({ length: size }, () => 1).join(',')}]`],
      (number) => `[${Array.from({ length: size }, () => number).join(',')}]`,
    ),
};

const builtInRanges: Readonly<Record<string, string>> = {
  int4range: 'integer',
  int8range: 'bigint',
  numrange: 'numeric',
  daterange: 'date',
  tsrange: 'timestamp without time zone',
  tstzrange: 'timestamp with time zone',
};

const quoted = (value: string) => `"${value.replaceAll(/["\\]/g, (letter) => `\\${letter}`)}"`;

const arrayOf = (element: ValueMaker): ValueMaker => ({
  usual: ['{}', `{${element.usual.slice(0, 3).map(quoted).join(',')}}`, `{${quoted(element.usual[0] ?? '')},NULL}`],
  distinct: (number) => `{${quoted(element.distinct(number))}}`,
});

/** Of equal length beside each other, none overlaps another. */
const rangeOf = (bound: ValueMaker, isOrdered: boolean): ValueMaker => ({
  usual: isOrdered ? [`[${quoted(bound.distinct(0))},${quoted(bound.distinct(1))})`, 'empty', '(,)'] : ['empty', '(,)'],
  distinct: (number) =>
    isOrdered ? `[${quoted(bound.distinct(2 * number))},${quoted(bound.distinct(2 * number + 1))})` : 'empty',
});

/** Its numbers and days rise with the number; every fifth number of `distinct` leaps. */
const rising = (type: string, maker: ValueMaker): ValueMaker =>
  /^(?:smallint|integer|bigint|numeric|real|double)/.test(type)
    ? { ...maker, distinct: (number) => String(number + 1) }
    : maker;

/**
 * How values of a type are made; null for a type of which none are known.
 *
 * @example
 * valuesOf('character varying(3)', types)?.usual // ['alp', 'Alp', '', '42', 'xxx', …]
 */
export const valuesOf = (type: string, types: MadeTypes): ValueMaker | null => {
  const made = types.get(type);
  if (made?.form === 'domain') return valuesOf(baseOf(type, types).type, types);
  if (made?.form === 'enum')
    return made.labels.length === 0
      ? null
      : fixed(made.labels, (number) => made.labels[number % made.labels.length] ?? '');
  if (made?.form === 'composite') {
    const parts = made.attributes.map((attribute) => valuesOf(attribute, types));
    if (parts.some((part) => part === null)) return null;
    const rowOf = (valueIn: (maker: ValueMaker) => string) =>
      `(${parts.map((part) => (part ? quoted(valueIn(part)) : '')).join(',')})`;
    return {
      usual: [0, 1, 2].map((at) => rowOf(({ usual }) => usual[at % usual.length] ?? '')),
      distinct: (number) => rowOf(({ distinct }) => distinct(number)),
    };
  }
  if (type.endsWith('[]')) {
    const element = valuesOf(type.slice(0, -2), types);
    return element && arrayOf(element);
  }
  const { family, modifiers } = familyOf(type);
  const multi = family.endsWith('multirange') ? valuesOf(family.replace('multirange', 'range'), types) : null;
  if (multi)
    return {
      usual: multi.usual.map((one) => `{${one === 'empty' ? '' : one}}`),
      distinct: (number) => `{${multi.distinct(number)}}`,
    };
  const subtype = made?.form === 'range' ? made.subtype : builtInRanges[family];
  if (subtype !== undefined) {
    const bound = valuesOf(subtype, types);
    return (
      bound &&
      rangeOf(rising(subtype, bound), /^(?:smallint|integer|bigint|numeric|real|double|date|timestamp)/.test(subtype))
    );
  }
  return makers[family]?.(modifiers) ?? null;
};
