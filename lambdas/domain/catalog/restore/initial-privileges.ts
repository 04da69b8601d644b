/** Puts back what somebody granted or revoked on a member of an extension, or on a built-in object. */
import type { CatalogObject } from '../catalog';
import { lastPartOf, parentOf } from '../identifiers';
import { entriesOf } from './privileges';

/** pg_identify_object's words on the left, GRANT's on the right; the longest of those that begin alike comes first. */
const words: readonly (readonly [string, string])[] = [
  ...['table', 'view', 'materialized view', 'foreign table'].map((kind) => [`${kind} column`, 'TABLE'] as const),
  ...['table', 'view', 'materialized view', 'foreign table'].map((kind) => [kind, 'TABLE'] as const),
  ['aggregate', 'FUNCTION'],
  ['foreign-data wrapper', 'FOREIGN DATA WRAPPER'],
  ['server', 'FOREIGN SERVER'],
  ...['sequence', 'function', 'procedure', 'type', 'schema', 'language'].map(
    (kind) => [kind, kind.toUpperCase()] as const,
  ),
];

const targetOf = (identity: string) => {
  const [kind, word] = words.find(([each]) => identity.startsWith(`${each} `)) ?? [];
  if (!kind || !word) return null;
  const name = identity.slice(kind.length + 1);
  return kind.endsWith(' column')
    ? { on: `${word} ${parentOf(name)}`, columns: ` (${lastPartOf(name)})` }
    : { on: `${word} ${name}`, columns: '' };
};

/**
 * `apply` makes an object's privileges what the definition says, `undo` what the extension or initdb gave. Null where the
 * privileges are the owner's own, whose name the definition does not hold, or where another role granted them.
 */
export const initialPrivilegeStatements = (
  { identity, definition }: CatalogObject,
  way: 'apply' | 'undo',
): readonly string[] | null => {
  const target = targetOf(identity);
  const lists = [definition['granted'], definition['revoked']].map((list) => list ?? null);
  if (!target || lists.some((list) => / granted by |(^|; )OWNER: /.test(String(list ?? '')))) return null;
  const [granted, revoked] = lists.map(entriesOf);
  const revoke = (entries: typeof granted) =>
    (entries ?? []).map(
      ({ who, privileges }) =>
        `REVOKE ${privileges.map((one) => one.replace('*', '') + target.columns).join(', ')} ON ${target.on} FROM ${who}`,
    );
  const grant = (entries: typeof granted) =>
    (entries ?? []).flatMap(({ who, privileges }) =>
      privileges.map(
        (one) =>
          `GRANT ${one.replace('*', '') + target.columns} ON ${target.on} TO ${who}${one.endsWith('*') ? ' WITH GRANT OPTION' : ''}`,
      ),
    );
  return way === 'apply' ? [...revoke(revoked), ...grant(granted)] : [...revoke(granted), ...grant(revoked)];
};
