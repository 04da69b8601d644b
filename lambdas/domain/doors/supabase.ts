/** The Supabase CLI keeps the statements of a migration beside its version; it never compares them. */
import { derivedSource } from '#domain/sql/source';
import { type Door, type DoorMigration, noLocks } from './door';
import { byRows } from './read-rows';

const versionOf = ({ name }: DoorMigration) => /^\d+/.exec(name)?.[0] ?? '';

/** Each with the comments above it, trimmed, without its semicolon. */
const statementsIn = (bytes: Uint8Array): readonly string[] => {
  const source = derivedSource('', Buffer.from(bytes).toString('utf8'), (position) => position);
  const ends = source.lexemes.filter((lexeme) => source.textOf(lexeme) === ';').map(({ start }) => start);
  return [...ends, source.bytes.length]
    .map((end, index, all) => source.textOf({ start: index === 0 ? 0 : (all[index - 1] ?? 0) + 1, end }).trim())
    .filter((text) => text !== '');
};

const asArray = (texts: readonly string[]) =>
  `{${texts.map((text) => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`).join(',')}}`;

export const supabaseDoor: Door = {
  tool: 'Supabase',
  forms: ['supabase'],
  table: 'schema_migrations',
  columns: { version: 'text' },
  lacks: ['dirty'],
  locks: noLocks,
  read: byRows({ keyOf: ({ version }) => version ?? null, keyOfMigration: versionOf }),
  // An installation of before has not all of these columns.
  row: (migration, { columns }) => {
    const all = {
      version: versionOf(migration),
      name: migration.name.replace(/^\d+_/, ''),
      statements: asArray(statementsIn(migration.bytes)),
    };
    return Object.fromEntries(Object.entries(all).filter(([name]) => columns.some((one) => one.name === name)));
  },
  key: ['version'],
  where: (migration) => ({ version: versionOf(migration) }),
};
