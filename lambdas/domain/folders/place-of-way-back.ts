/** Where each form keeps a way back, so that one that was written can be put there. */
import type { FolderFile, FolderMigration } from './folder';

export type WayBackText = {
  /** One sentence each: how it was made, and what it loses. */
  readonly remarks: readonly string[];
  /** In order, without semicolons. */
  readonly sql: readonly string[];
};

export type Placed =
  | {
      /** The file, as its folder names it. */
      readonly path: string;
      /** What it holds now; null: it is not there. */
      readonly before: Buffer | null;
      readonly text: string;
    }
  /** Why it has no place. */
  | { readonly none: string };

type Found = { readonly up: FolderFile; readonly files: readonly FolderFile[] };

type Place = (found: Found, wayBack: WayBackText) => Placed;

const remarkLines = ({ remarks }: WayBackText) => remarks.map((remark) => `-- ${remark.replaceAll(/\s+/g, ' ')}`);

const scriptOf = (wayBack: WayBackText): string =>
  [...remarkLines(wayBack), ...wayBack.sql.map((statement) => `${statement};`)].join('\n');

/** Tools that part statements at semicolons need to be told of those inside one. */
const scriptInBlocks =
  (begin: string, end: string) =>
  (wayBack: WayBackText): string =>
    [
      ...remarkLines(wayBack),
      ...wayBack.sql.map((statement) =>
        statement.includes(';') ? `${begin}\n${statement};\n${end}` : `${statement};`,
      ),
    ].join('\n');

const textOf = ({ bytes }: FolderFile) => bytes.toString('utf8');

/** Ends with one line break; the statements keep theirs, which a function's body would otherwise lose. */
const finished = (text: string) => `${text.trimEnd()}\n`;

/** A file of its own; what is there already holds nothing but comments, and stays above. */
const inFile =
  (pathOf: (up: string) => string): Place =>
  ({ up, files }, wayBack) => {
    const path = pathOf(up.path);
    const there = files.find((file) => file.path === path) ?? null;
    const above = there ? textOf(there).trimEnd() : '';
    const text = finished(above ? `${above}\n\n${scriptOf(wayBack)}` : scriptOf(wayBack));
    return { path, before: there?.bytes ?? null, text };
  };

type Section = {
  readonly marker: string;
  readonly isMarker: (line: string) => boolean;
  readonly script: (wayBack: WayBackText) => string;
  /** Goes to the top of a file that lacks it; missing: the form needs none. */
  readonly upMarker?: { readonly marker: string; readonly isMarker: (line: string) => boolean };
};

/** Below the marker in the same file; a section that is there already is empty and the last. */
const inSection =
  ({ marker, isMarker, script, upMarker }: Section): Place =>
  ({ up }, wayBack) => {
    const was = textOf(up);
    const lines = was.split(/\r?\n/);
    const needsUp = upMarker !== undefined && !lines.some(upMarker.isMarker);
    const body = `${needsUp ? `${upMarker.marker}\n` : ''}${was.trimEnd()}`;
    const down = lines.findIndex(isMarker);
    if (upMarker && down >= 0 && lines.findIndex(upMarker.isMarker) > down)
      return {
        none: `${up.path} has an empty section to go back above the one to go forward; write the statements there`,
      };
    const section = down >= 0 ? script(wayBack) : `\n${marker}\n${script(wayBack)}`;
    return { path: up.path, before: up.bytes, text: finished(`${body}\n${section}`) };
  };

const sections: Readonly<Record<string, Section>> = {
  goose: {
    marker: '-- +goose Down',
    isMarker: (line) => /^\s*--\s*\+goose\s+down\s*$/i.test(line),
    script: scriptInBlocks('-- +goose StatementBegin', '-- +goose StatementEnd'),
  },
  'sql-migrate': {
    marker: '-- +migrate Down',
    // It may have been followed by more of the way forward; a second one continues it.
    isMarker: () => false,
    script: scriptInBlocks('-- +migrate StatementBegin', '-- +migrate StatementEnd'),
  },
  dbmate: {
    marker: '-- migrate:down',
    isMarker: (line) => /^--\s*migrate:down\b/.test(line),
    script: scriptOf,
  },
  'node-pg-migrate': {
    marker: '-- Down Migration',
    isMarker: (line) => /^\s*--[\s-]*down\s+migration/i.test(line),
    script: scriptOf,
    upMarker: { marker: '-- Up Migration', isMarker: (line) => /^\s*--[\s-]*up\s+migration/i.test(line) },
  },
};

/** Comments at the end of the file, below a heading. */
const inComments: Place = ({ up }, { remarks, sql }) => {
  const was = textOf(up);
  const section = [...remarks.map((remark) => `-- ${remark}`), ...sql.map((statement) => `${statement};`)].join('\n');
  const heading = /^[ \t]*--[\s\-=*#~_]*roll\s*-?back\b/im;
  if (heading.test(was))
    return {
      none: `${up.path} has a rollback section that says nothing to run; write the statements below its heading`,
    };
  // Read back, its lines end as those of the file do.
  if (was.includes('\r\n') && section.includes('AS $'))
    return {
      none: `${up.path} has the line ends of Windows, which would get into a function's body; write the statements by hand`,
    };
  const commented = section
    .split('\n')
    .map((line) => (line === '' ? '--' : `-- ${line}`))
    .join('\n');
  return { path: up.path, before: up.bytes, text: finished(`${was.trimEnd()}\n\n-- ROLLBACK\n${commented}`) };
};

const none =
  (reason: string): Place =>
  () => ({ none: reason });

const beside = (name: string) => (path: string) => path.replace(/[^/]+$/, name);

const places: Readonly<Record<string, Place>> = {
  'migration-checklist': inComments,
  pairs: inFile((path) => path.replace(/\.up\.sql$/, '.down.sql')),
  folders: inFile(beside('down.sql')),
  ...Object.fromEntries(Object.entries(sections).map(([form, section]) => [form, inSection(section)])),
  flyway: inFile((path) => path.replace(/(^|\/)V([^/]+)$/, '$1U$2')),
  // Both read migration.sql alone.
  prisma: inFile(beside('down.sql')),
  'drizzle-folders': inFile(beside('down.sql')),
  // Drizzle reads what its journal names.
  drizzle: inFile((path) => path.replace(/\.sql$/, '.down.sql')),
  supabase: none(
    'Supabase takes every numbered .sql file of the folder as a migration: a file beside would be run; keep it elsewhere',
  ),
  sqlx: none(
    'sqlx has ways back in pairs only (sqlx migrate add -r); one file beside would be a second migration of its version',
  ),
  'graphile-migrate': none(
    'graphile-migrate has no ways back, and checks that a committed file is as it was; keep it elsewhere',
  ),
  numbered: none(
    'the folder does not show which tool reads it, and that may take a second file for a migration; name the form with --form, or keep it elsewhere',
  ),
};

/** `form` is the folder's, by its id; `files` are those of the folder. The migration has nothing to go back with. */
export const placeWayBack = (
  form: string,
  files: readonly FolderFile[],
  { up }: FolderMigration,
  wayBack: WayBackText,
): Placed => {
  const file = files.find(({ path }) => path === up.fileName);
  const place = places[form];
  return file && place ? place({ up: file, files }, wayBack) : { none: `${up.fileName} is not in the folder` };
};
