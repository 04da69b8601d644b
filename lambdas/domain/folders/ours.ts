/** Our own form: `001_name.sql`, the rollback in comments at its end. Less strict than the workflow, which refuses more. */
import { InvalidInput, MigrationRefused } from '#domain/errors';
import { checksFileNameOf, isChecksFileName } from '#domain/migration/file-name';
import { rollbackSource } from '#domain/migration/rollback-section';
import type { Source } from '#domain/sql/source';
import { byName, byVersion, isAtTop, nameOf, type Order, versionOf } from './file-path';
import type { FolderFile, FolderForm, FolderMigration, Script } from './folder';
import { isPaired } from './pairs';
import { sameVersions } from './same-version';
import { isScript, problemScript, sourceOrProblem, unlessEmpty } from './script';

const form = /^\d+_[^/]*\.sql$/;

/** A comment line that begins with the word, well written or not. */
const heading = /^[ \t]*--[\s\-=*#~_]*roll\s*-?back\b/im;

const downOf = (fileName: string, source: Source): Script | null => {
  if (!heading.test(source.bytes.toString('utf8'))) return null;
  try {
    const rollback = rollbackSource(source);
    const text = rollback.bytes.toString('utf8');
    const part = { text, line: rollback.positionAt(0).line, isOnePiece: false };
    return unlessEmpty({ fileName, parts: [part], inTransaction: true, problem: null });
  } catch (error) {
    if (!(error instanceof MigrationRefused)) throw error;
    return problemScript(fileName, error.message);
  }
};

const readFile = (file: FolderFile): FolderMigration => {
  const name = nameOf(file.path);
  const source = sourceOrProblem(file);
  if (isScript(source)) return { name, up: source, down: null };
  const parts = [{ text: source.bytes.toString('utf8'), line: 1, isOnePiece: false }];
  const up = { fileName: file.path, parts, inTransaction: true, problem: null };
  return { name, up, down: downOf(file.path, source) };
};

const isNumbered = (file: FolderFile) => isAtTop(file) && form.test(file.path) && !isPaired(file);

/** A file of checks, or a way back in comments: no other tool has them. */
const isShowing = (file: FolderFile) =>
  isNumbered(file) && (isChecksFileName(file.path) || heading.test(file.bytes.toString('utf8')));

export const ours: FolderForm = {
  id: 'migration-checklist',
  name: 'migration-checklist',
  showing: (files) => files.filter(isShowing),
  takesToo: isNumbered,
  read: (files) => {
    const own = files.filter(({ path }) => !isChecksFileName(path));
    return {
      migrations: own.map(readFile).sort((one, other) => byVersion(one.name, other.name)),
      notes: sameVersions(own, ({ path }) => String(versionOf(path)), 'a run refuses the second'),
    };
  },
  ownTables: [],
};

/** A name without a version stands in front, where its refusal is seen. */
const misnamedFirst: Order = (one, other) => {
  const [first, second] = [versionOf(one) ?? 0n, versionOf(other) ?? 0n];
  return first < second ? -1 : first > second ? 1 : byName(one, other);
};

/**
 * The migrations that a run may be asked for, of the names in a folder and without a look into the files, so that a misnamed
 * one is among them and refused when it is read. Errors: InvalidInput for checks of no migration.
 */
export const listOurs = (names: readonly string[]): readonly string[] => {
  const migrations = names.filter((name) => name.endsWith('.sql') && !isChecksFileName(name));
  const belonging = new Set(migrations.map(checksFileNameOf));
  const stray = names.find((name) => isChecksFileName(name) && !belonging.has(name));
  if (stray)
    throw new InvalidInput(
      `${stray} belongs to no migration: there is no ${stray.replace(/\.checks\.sql$/, '.sql')} beside it; rename or remove it, else its tests would never run`,
    );
  return migrations.toSorted(misnamedFirst);
};
