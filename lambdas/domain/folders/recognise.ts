/** Says in which form a folder's migrations are written, and reads them. */
import { InvalidInput } from '#domain/errors';
import { formNamed, formNames, ranks, weakForms } from './all-forms';
import type { FolderFile, FolderForm, FolderNote, MigrationFolder } from './folder';
import { foldNotes, listed } from './folder-notes';
import { notRead, unfilled } from './not-read';
import { splitByVersion } from './version-folders';

export type Recognition = {
  /** The form that `--form` names; null or missing: the folder shows it. */
  readonly form?: string | null;
  /** The folder's own path, parts joined by `/`: one form is known by it. */
  readonly location?: string;
};

type Found = ReadonlyMap<FolderForm, readonly FolderFile[]>;

/** The files that show each form; one that shows a form shows none of a lower rank. */
const findForms = (files: readonly FolderFile[], location: string): Found => {
  const found = new Map<FolderForm, readonly FolderFile[]>();
  let left = files;
  for (const rank of ranks) {
    const shown = rank.map((form) => [form, form.showing(left, location)] as const);
    for (const [form, own] of shown) if (own.length > 0) found.set(form, own);
    const taken = new Set(shown.flatMap(([, own]) => own));
    left = left.filter((file) => !taken.has(file));
  }
  return found;
};

const namesOf = (files: readonly FolderFile[]) => listed(files.map(({ path }) => path));

const severalForms = (found: Found) =>
  new InvalidInput(
    `the migrations are in ${found.size} forms, expected one: ${[...found].map(([{ name }, own]) => `${name}: ${namesOf(own)}`).join('; ')}. Name the form with --form (${[...found.keys()].map(({ id }) => id).join(' or ')}), then the others are passed over; or keep each in a folder of its own`,
  );

type Chosen = { readonly form: FolderForm; readonly own: readonly FolderFile[] };

const takeAll = (form: FolderForm, shown: readonly FolderFile[], files: readonly FolderFile[]): Chosen => ({
  form,
  own: files.filter((file) => shown.includes(file) || form.takesToo?.(file)),
});

/** Null when nothing shows a form. Errors: InvalidInput when several are shown and none outweighs the others. */
const choose = (files: readonly FolderFile[], location: string): Chosen | null => {
  const found = findForms(files, location);
  const strong = [...found.keys()].filter((form) => !weakForms.includes(form));
  if (strong.length > 1) throw severalForms(new Map([...found].filter(([form]) => strong.includes(form))));
  const [form] = found.keys();
  if (!form) return null;
  const chosen = takeAll(form, found.get(form) ?? [], files);
  const others = [...found.values()].flat().filter((file) => !chosen.own.includes(file));
  // One file with a marker does not make three hundred others strays.
  if (others.length > chosen.own.length) throw severalForms(found);
  return chosen;
};

const chooseNamed = (wanted: string, files: readonly FolderFile[], location: string): Chosen | null => {
  const form = formNamed(wanted);
  const chosen = takeAll(form, form.showing(files, location), files);
  return chosen.own.length > 0 ? chosen : null;
};

const deeperNote = (deeper: readonly string[]): readonly FolderNote[] =>
  deeper.map((name) => ({ says: 'deeper than one folder, so what is in there is not run', name }));

/** Nothing in the folder is a migration: whoever looks into many folders passes it over. Every other refusal is of migrations. */
export class NoMigrationsFound extends InvalidInput {}

const nothingFound = (files: readonly FolderFile[], deeper: readonly string[], form: string | null | undefined) => {
  const known = foldNotes([...notRead(files, null), ...deeperNote(deeper)]);
  const what = form ? `no migration in the form ${form} was found` : 'no form of migrations was recognised';
  return new NoMigrationsFound(
    `${what}; found ${files.length === 0 ? 'no file' : namesOf(files)}${known.map((note) => `; ${note}`).join('')}; expected one of: ${formNames.join('; ')}. docs/rehearse.md shows each`,
  );
};

const chooseIn = (files: readonly FolderFile[], { form, location = '' }: Recognition): Chosen | null =>
  form ? chooseNamed(form, files, location) : choose(files, location);

type Read = Omit<MigrationFolder, 'notes'> & { readonly notes: readonly FolderNote[] };

const readChosen = ({ form, own }: Chosen, files: readonly FolderFile[]): Read => {
  const { migrations, notes } = form.read(own);
  const taken = new Set(own);
  const others = files.filter((file) => !taken.has(file));
  return {
    form: form.name,
    formId: form.id,
    ownTables: form.ownTables,
    migrations,
    notes: [...notes, ...unfilled(own), ...notRead(others, form.name)],
  };
};

/** Folders named by versions hold one form each; their migrations follow each other in the order of the versions. */
const readVersions = (files: readonly FolderFile[], recognition: Recognition): Read | null => {
  const { versions, others } = splitByVersion(files);
  const read = versions.flatMap(({ folder, files: inside }) => {
    const chosen = chooseIn(inside, recognition);
    return chosen ? [{ folder, ...readChosen(chosen, inside) }] : [];
  });
  const [first] = read;
  if (!first) return null;
  const odd = read.find(({ formId }) => formId !== first.formId);
  if (odd)
    throw new InvalidInput(
      `${first.folder}/ is in the form ${first.form} and ${odd.folder}/ in the form ${odd.form}; expected one form in all folders. Rehearse each folder by itself, or name the form with --form`,
    );
  const inFolder = (folder: string) => (path: string) => `${folder}/${path}`;
  return {
    ...first,
    migrations: read.flatMap(({ folder, migrations }) =>
      migrations.map(({ name, up, down }) => {
        const place = inFolder(folder);
        const placed = (script: typeof up) => ({
          ...script,
          fileName: place(script.fileName),
          problem: script.problem === null ? null : script.problem.replace(script.fileName, place(script.fileName)),
        });
        return { name: place(name), up: placed(up), down: down && placed(down) };
      }),
    ),
    notes: [
      ...read.flatMap(({ folder, notes }) => notes.map(({ says, name }) => ({ says, name: inFolder(folder)(name) }))),
      ...notRead(others, first.form),
    ],
  };
};

const readIn = (
  files: readonly FolderFile[],
  deeper: readonly string[],
  recognition: Recognition,
): MigrationFolder | null => {
  const chosen = chooseIn(files, recognition);
  const read = chosen ? readChosen(chosen, files) : readVersions(files, recognition);
  return read && { ...read, notes: foldNotes([...read.notes, ...deeperNote(deeper)]) };
};

/**
 * Recognises the form of a folder and reads its migrations. `files` are those of the folder and of its folders, `deeper` the
 * folders below these. Errors: InvalidInput for no form or several.
 *
 * @example
 * recogniseFolder([{ path: '1_a.sql', bytes: Buffer.from('-- +goose Up\nSELECT 1;\n') }])
 * // { form: 'goose', migrations: [{ name: '1_a', up: …, down: null }], notes: [], … }
 */
export const recogniseFolder = (
  files: readonly FolderFile[],
  deeper: readonly string[] = [],
  recognition: Recognition = {},
): MigrationFolder => {
  const read = readIn(files, deeper, recognition);
  if (!read) throw nothingFound(files, deeper, recognition.form);
  return read;
};

/** The same, and null where no form shows; a form that is named has to be there. */
export const recogniseIfAny = (
  files: readonly FolderFile[],
  deeper: readonly string[],
  recognition: Recognition,
): MigrationFolder | null =>
  recognition.form ? recogniseFolder(files, deeper, recognition) : readIn(files, deeper, recognition);
