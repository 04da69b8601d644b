/** Puts back single values of objects of kinds that few schemas have. */
import type { CatalogObject, CatalogValue } from '../catalog';
import { entriesByName } from './lists';
import { entriesOf } from './privileges';

type Changed = {
  readonly object: CatalogObject;
  /** The value to put back; null = PostgreSQL's default. */
  readonly value: CatalogValue;
  readonly now: CatalogValue;
};

/** `OPTIONS (SET a 'x', ADD b 'y', DROP c)`, as foreign data has them. */
export const foreignOptions =
  (target: (object: CatalogObject) => string) =>
  ({ object, value, now }: Changed): readonly string[] => {
    const [had, has] = [entriesByName(value), entriesByName(now)];
    const words = [
      ...[...had].flatMap(([name, text]) =>
        has.get(name) === text ? [] : [`${has.has(name) ? 'SET' : 'ADD'} ${name} ${text}`],
      ),
      ...[...has.keys()].filter((name) => !had.has(name)).map((name) => `DROP ${name}`),
    ];
    return words.length > 0 ? [`ALTER ${target(object)} OPTIONS (${words.join(', ')})`] : [];
  };

/** An option without a value goes back to the template's own. */
export const dictionaryOptions = ({ object: { identity }, value, now }: Changed): readonly string[] => {
  const [had, has] = [entriesByName(value), entriesByName(now)];
  const words = [
    ...[...had].filter(([name, text]) => has.get(name) !== text).map(([name, text]) => `${name} = ${text}`),
    ...[...has.keys()].filter((name) => !had.has(name)),
  ];
  return words.length > 0 ? [`ALTER TEXT SEARCH DICTIONARY ${identity} (${words.join(', ')})`] : [];
};

export const textSearchMapping = ({ object: { identity }, value, now }: Changed): readonly string[] => {
  const [had, has] = [entriesByName(value, ';'), entriesByName(now, ';')];
  const alter = (rest: string) => `ALTER TEXT SEARCH CONFIGURATION ${identity} ${rest}`;
  return [
    ...[...has.keys()].filter((token) => !had.has(token)).map((token) => alter(`DROP MAPPING FOR ${token}`)),
    ...[...had].flatMap(([token, names]) =>
      has.get(token) === names ? [] : [alter(`${has.has(token) ? 'ALTER' : 'ADD'} MAPPING FOR ${token} WITH ${names}`)],
    ),
  ];
};

/** `functions 1 btint4cmp(integer,integer)`: members that were added one by one. */
export const familyMembers =
  (word: 'OPERATOR' | 'FUNCTION') =>
  ({ object: { identity }, value, now }: Changed): readonly string[] => {
    const entries = (list: CatalogValue): readonly string[] =>
      (typeof list === 'string' ? list.match(/\d+ [^()]+\([^()]*\)(?: FOR ORDER BY [^,]+)?/g) : null) ?? [];
    const [had, has] = [entries(value), entries(now)];
    const operands = (entry: string) => /\(([^()]*)\)/.exec(entry)?.[1] ?? '';
    const number = (entry: string) => /^\d+/.exec(entry)?.[0] ?? '';
    return [
      ...has
        .filter((entry) => !had.includes(entry))
        .map((entry) => `ALTER OPERATOR FAMILY ${identity} DROP ${word} ${number(entry)} (${operands(entry)})`),
      ...had
        .filter((entry) => !has.includes(entry))
        .map((entry) => `ALTER OPERATOR FAMILY ${identity} ADD ${word} ${entry}`),
    ];
  };

/** `a integer, b text COLLATE "C"`; one that was taken away comes back behind the others. */
export const typeAttributes = ({ object: { identity }, value, now }: Changed): readonly string[] | null => {
  const [had, has] = [entriesByName(value), entriesByName(now)];
  const alter = (rest: string) => `ALTER TYPE ${identity} ${rest}`;
  return [
    ...[...has.keys()].filter((name) => !had.has(name)).map((name) => alter(`DROP ATTRIBUTE ${name}`)),
    ...[...had].flatMap(([name, type]) => {
      if (!has.has(name)) return [alter(`ADD ATTRIBUTE ${name} ${type}`)];
      return has.get(name) === type ? [] : [alter(`ALTER ATTRIBUTE ${name} TYPE ${type}`)];
    }),
  ];
};

/** What PostgreSQL gives to PUBLIC by itself, by the word behind `on`. */
const toPublic: Readonly<Record<string, string>> = { functions: 'EXECUTE', types: 'USAGE' };

/**
 * Gives a role's default privileges back; `value` null: what PostgreSQL gives by itself, of which it keeps no entry. In a schema
 * they come on top of those, elsewhere they are the whole list.
 */
export const defaultPrivileges = (
  identity: string,
  value: CatalogValue,
  now: CatalogValue,
): readonly string[] | null => {
  const [, role = '', schema = '', kind = ''] =
    /^("(?:[^"]|"")*"|\S+)(?: in ("(?:[^"]|"")*"|\S+))? on (\w+)$/.exec(identity) ?? [];
  if (!kind || / granted by /.test(`${value} ${now}`)) return null;
  const start = `ALTER DEFAULT PRIVILEGES FOR ROLE ${role}${schema ? ` IN SCHEMA ${schema}` : ''}`;
  const grantees = new Set(entriesOf(now).map(({ who }) => who));
  if (!schema) for (const who of [role, 'PUBLIC']) grantees.add(who);
  const standard = [
    { who: role, privileges: ['ALL'] },
    ...(toPublic[kind] ? [{ who: 'PUBLIC', privileges: [toPublic[kind]] }] : []),
  ];
  const wanted = value === null ? (schema ? [] : standard) : entriesOf(value);
  return [
    ...[...grantees].map((who) => `${start} REVOKE ALL ON ${kind.toUpperCase()} FROM ${who}`),
    ...wanted.flatMap(({ who, privileges }) =>
      (['', ' WITH GRANT OPTION'] as const).flatMap((option) => {
        const list = privileges
          .filter((one) => one.endsWith('*') === (option !== ''))
          .map((one) => one.replace('*', ''));
        return list.length > 0 ? [`${start} GRANT ${list.join(', ')} ON ${kind.toUpperCase()} TO ${who}${option}`] : [];
      }),
    ),
  ];
};
