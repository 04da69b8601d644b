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

/** Takes away what anybody has on the object and gives what they had; null for kinds that have no privileges. */
export const restorePrivileges = (object: CatalogObject, now: CatalogValue): readonly string[] | null => {
  const { kind, definition } = object;
  const word = words[kind] ?? (kind === 'column' ? 'TABLE' : undefined);
  if (!word) return null;
  const target = kind === 'column' ? parentOf(object.identity) : object.identity;
  const columns = kind === 'column' ? ` (${lastPartOf(object.identity)})` : '';
  const revoked = entriesOf(now).map(({ who }) => `REVOKE ALL${columns} ON ${word} ${target} FROM ${who}`);
  if (!definition['privileges'] && kind === 'column') return revoked;
  if (!definition['privileges'])
    return [
      ...revoked,
      `GRANT ALL ON ${word} ${target} TO ${definition['owner']}`,
      ...(publicByDefault[kind] ? [`GRANT ${publicByDefault[kind]} ON ${word} ${target} TO PUBLIC`] : []),
    ];
  const grant = (list: readonly string[], who: string, option: string) =>
    list.length
      ? [
          `GRANT ${list.map((one) => one.replace('*', '') + columns).join(', ')} ON ${word} ${target} TO ${who}${option}`,
        ]
      : [];
  return [
    ...(columns ? revoked : [...revoked, `REVOKE ALL ON ${word} ${target} FROM ${definition['owner']}, PUBLIC`]),
    ...entriesOf(definition['privileges']).flatMap(({ who, privileges }) => [
      ...grant(
        privileges.filter((one) => !one.endsWith('*')),
        who,
        '',
      ),
      ...grant(
        privileges.filter((one) => one.endsWith('*')),
        who,
        ' WITH GRANT OPTION',
      ),
    ]),
  ];
};
