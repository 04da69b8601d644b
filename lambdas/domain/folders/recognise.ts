/** Says in which form a folder's migrations are written, and reads them. */
import { InvalidInput } from '#domain/errors';
import { dbmate } from './dbmate';
import { fileNameOf, folderOf } from './file-path';
import { flyway } from './flyway';
import type { FolderFile, FolderForm, MigrationFolder } from './folder';
import { prisma, upAndDownFolders } from './folder-each';
import { goose } from './goose';
import { ours } from './ours';
import { pairs } from './pairs';
import { sqlMigrate } from './sql-migrate';

/** What a file says outweighs what it is called: markers are looked for before names. */
const markedForms: readonly FolderForm[] = [goose, sqlMigrate, dbmate];
const namedForms: readonly FolderForm[] = [pairs, prisma, upAndDownFolders, flyway, ours];

/** The names of all forms, for people who have to choose one. */
export const formNames: readonly string[] = [
  ours,
  pairs,
  upAndDownFolders,
  goose,
  sqlMigrate,
  dbmate,
  flyway,
  prisma,
].map(({ name }) => name);

/** A `down.sql` is Prisma's where a `migration.sql` lies beside it, and the other form's everywhere else. */
const isPrismas = (file: FolderFile, files: readonly FolderFile[]) =>
  files.some(({ path }) => folderOf(path) === folderOf(file.path) && fileNameOf(path) === 'migration.sql');

const formOf = (file: FolderFile, files: readonly FolderFile[]): readonly FolderForm[] => {
  const text = file.bytes.toString('utf8');
  const marked = markedForms.filter(({ claims }) => claims(file, text));
  if (marked.length > 0) return marked;
  const named = namedForms.find((form) => form.claims(file, text) && (form !== prisma || isPrismas(file, files)));
  return named ? [named] : [];
};

// Enough to see what is meant; a folder may hold thousands.
const shownNames = 5;

const listed = (names: readonly string[]) => {
  const more = names.length - shownNames;
  return `${names.slice(0, shownNames).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
};

const namesOf = (files: readonly FolderFile[]) => listed(files.map(({ path }) => path));

const deeperNote = (deeper: readonly string[]) =>
  `${listed(deeper)} ${deeper.length === 1 ? 'lies' : 'lie'} deeper than one folder: what is in there is not run`;

/**
 * Recognises the form of a folder and reads its migrations. `files` are those of the folder and of its folders, `deeper` the
 * folders below these. Errors: InvalidInput for no form or several, MigrationRefused.
 *
 * @example
 * recogniseFolder([{ path: '1_a.sql', bytes: Buffer.from('-- +goose Up\nSELECT 1;\n') }])
 * // { form: 'goose', migrations: [{ name: '1_a', up: …, down: null }], notes: [] }
 */
export const recogniseFolder = (files: readonly FolderFile[], deeper: readonly string[] = []): MigrationFolder => {
  const found = new Map<FolderForm, FolderFile[]>();
  const others: FolderFile[] = [];
  for (const file of files) {
    const forms = formOf(file, files);
    if (forms.length === 0) others.push(file);
    for (const form of forms) found.set(form, [...(found.get(form) ?? []), file]);
  }
  const [first, ...more] = found;
  if (!first)
    throw new InvalidInput(
      `no form of migrations was recognised; found ${files.length === 0 ? 'no file' : namesOf(files)}${deeper.length > 0 ? `; ${deeperNote(deeper)}` : ''}; expected one of: ${formNames.join('; ')}. docs/rehearse.md shows each`,
    );
  if (more.length > 0)
    throw new InvalidInput(
      `the migrations are in ${found.size} forms, expected one: ${[...found].map(([{ name }, own]) => `${name}: ${namesOf(own)}`).join('; ')}. Rehearse each form from a folder of its own`,
    );
  const [form, own] = first;
  const { migrations, notes } = form.read(own);
  const unread = others.filter(({ path }) => /\.(sql|go)$/i.test(path));
  return {
    form: form.name,
    migrations,
    notes: [
      ...notes,
      ...unread.map(({ path }) => `${path} is not in the form ${form.name}: it is not run`),
      ...(deeper.length > 0 ? [deeperNote(deeper)] : []),
    ],
  };
};
