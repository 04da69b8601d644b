import type { CatalogObject, CatalogValue } from '../catalog';
import { lastPartOf, parentOf } from '../identifiers';

const words: Readonly<Record<string, string>> = {
  table: 'TABLE',
  'foreign table': 'TABLE',
  view: 'TABLE',
  'materialized view': 'TABLE',
  sequence: 'SEQUENCE',
  schema: 'SCHEMA',
  type: 'TYPE',
  domain: 'DOMAIN',
  language: 'LANGUAGE',
  function: 'FUNCTION',
  'window function': 'FUNCTION',
  aggregate: 'FUNCTION',
  procedure: 'PROCEDURE',
  'foreign-data wrapper': 'FOREIGN DATA WRAPPER',
  server: 'FOREIGN SERVER',
};

/** The privileges that PostgreSQL gives to PUBLIC by default. */
const publicByDefault: Readonly<Record<string, string>> = {
  function: 'EXECUTE',
  'window function': 'EXECUTE',
  aggregate: 'EXECUTE',
  procedure: 'EXECUTE',
  type: 'USAGE',
  domain: 'USAGE',
  language: 'USAGE',
};

/** `app: INSERT, SELECT*; PUBLIC: USAGE`, taken apart; what another role granted has lost its name. */
export const entriesOf = (privileges: CatalogValue) =>
  (typeof privileges === 'string' && privileges !== 'none' ? privileges.split('; ') : []).map((entry) => {
    const [, who = '', what = ''] = /^(.*?): (.*?)(?: granted by .*)?$/.exec(entry) ?? [];
    return { who, privileges: what.split(', ') };
  });

/** All that an owner has by default; MAINTAIN came with PostgreSQL 17, and is the owner's where it is. */
const ofOwner: Readonly<Record<string, readonly string[]>> = {
  TABLE: ['DELETE', 'INSERT', 'REFERENCES', 'SELECT', 'TRIGGER', 'TRUNCATE', 'UPDATE'],
  SEQUENCE: ['SELECT', 'UPDATE', 'USAGE'],
  SCHEMA: ['CREATE', 'USAGE'],
};

const isAll = (word: string, privileges: readonly string[]) =>
  (ofOwner[word] ?? [ofOwnerElse(word)]).every((one) => privileges.includes(one));

const ofOwnerElse = (word: string) => (word === 'FUNCTION' || word === 'PROCEDURE' ? 'EXECUTE' : 'USAGE');

type Grants = ReadonlyMap<string, readonly string[]>;

const all: readonly string[] = ['ALL'];

/** Who has what; null: what PostgreSQL gives by itself. */
const grantsOf = ({ kind, definition }: CatalogObject, word: string, privileges: CatalogValue): Grants => {
  const owner = String(definition['owner']);
  if (privileges === null && kind === 'column') return new Map();
  if (privileges === null)
    return new Map(Object.entries({ [owner]: all, ...(publicByDefault[kind] && { PUBLIC: [publicByDefault[kind]] }) }));
  return new Map(
    entriesOf(privileges).map(({ who, privileges: list }) => [who, who === owner && isAll(word, list) ? all : list]),
  );
};

const isSameList = (one: readonly string[] = [], other: readonly string[] = []) =>
  one.length === other.length && one.every((each) => other.includes(each));

/** Takes away what somebody has and did not have, and gives what somebody had; null for kinds that have no privileges. */
export const restorePrivileges = (object: CatalogObject, now: CatalogValue): readonly string[] | null => {
  const { kind, definition } = object;
  const word = words[kind] ?? (kind === 'column' ? 'TABLE' : undefined);
  if (!word) return null;
  const target = kind === 'column' ? parentOf(object.identity) : object.identity;
  const columns = kind === 'column' ? ` (${lastPartOf(object.identity)})` : '';
  const had = grantsOf(object, word, definition['privileges'] ?? null);
  const has = grantsOf(object, word, now);
  const grant = (list: readonly string[], who: string, option: string) =>
    list.length
      ? [
          `GRANT ${list.map((one) => one.replace('*', '') + columns).join(', ')} ON ${word} ${target} TO ${who}${option}`,
        ]
      : [];
  const differing = [...new Set([...has.keys(), ...had.keys()])].filter(
    (who) => !isSameList(had.get(who), has.get(who)),
  );
  return [
    ...differing
      .filter((who) => (has.get(who) ?? []).some((one) => !had.get(who)?.includes(one)) || !had.has(who))
      .map((who) => `REVOKE ALL${columns} ON ${word} ${target} FROM ${who}`),
    ...differing.flatMap((who) => {
      const list = had.get(who) ?? [];
      return [
        ...grant(
          list.filter((one) => !one.endsWith('*')),
          who,
          '',
        ),
        ...grant(
          list.filter((one) => one.endsWith('*')),
          who,
          ' WITH GRANT OPTION',
        ),
      ];
    }),
  ];
};
