/** The page in a backup's folder that says how to restore it without us. */
import type { BackupSource } from '#domain/backup/manifest';

/** Psql runs each file in a session of its own, so each begins with the settings under which it was written. */
export const rowsSettings = [
  "SET client_encoding = 'UTF8';",
  "SET standard_conforming_strings = 'on';",
  "SET search_path = '';",
  "SET row_security = 'off';",
  "SET xmloption = 'content';",
  "SET lc_monetary = 'C';",
  'SET statement_timeout = 0;',
  'SET lock_timeout = 0;',
  'SET idle_in_transaction_session_timeout = 0;',
  '',
  '',
].join('\n');

/** `extension` is that of the compressed files; `program` writes such a file's text. */
type Compressed = { readonly extension: string; readonly program: string };

export const restoreCommands = ({ extension, program }: Compressed): readonly string[] => [
  'psql -X -q -v ON_ERROR_STOP=1 -f roles.sql "$DATABASE_URL"',
  `for file in before-rows${extension} rows/* large-objects${extension} sequences${extension} after-rows${extension}`,
  'do',
  `  ${program} "$file" | psql -X -q -o /dev/null -v ON_ERROR_STOP=1 "$DATABASE_URL" || break`,
  'done',
];

export const writeReadme = (
  options: Compressed & {
    readonly source: BackupSource;
    readonly madeAt: string;
    readonly notHeld: readonly string[];
  },
): string =>
  `${[
    `A backup of the database ${JSON.stringify(options.source.database)}, made by migration-checklist on ${options.madeAt}.`,
    '',
    'Restored and compared by the program that made it:',
    '',
    '  npm run restore -- <this folder> --into DATABASE_URL',
    '',
    `Restored with psql alone, in this folder and in this order, into an empty database of PostgreSQL ${Math.floor(options.source.server / 10_000)} or newer`,
    `with the encoding ${options.source.encoding}, made by: CREATE DATABASE … TEMPLATE template0`,
    '',
    ...restoreCommands(options).map((line) => `  ${line}`),
    '',
    'The roles are made without password and may not log in, where the server does not have them yet. Without manifest.json this is no',
    'backup: what made it did not finish.',
    ...(options.notHeld.length > 0 ? ['', 'Not in it:', ...options.notHeld.map((sentence) => `- ${sentence}`)] : []),
  ].join('\n')}\n`;
