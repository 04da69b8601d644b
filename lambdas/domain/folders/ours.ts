/** Our own form: `001_name.sql`, the rollback in comments at its end. Less strict than the workflow, which refuses more. */
import { MigrationRefused } from '#domain/errors';
import { rollbackSource } from '#domain/migration/rollback-section';
import type { Source } from '#domain/sql/source';
import { byVersion, versionOf } from './file-path';
import type { FolderFile, FolderForm, FolderMigration, Script } from './folder';
import { oneEach } from './one-each';
import { isScript, problemScript, sourceOrProblem, unlessEmpty } from './script';

const form = /^\d+_[^/]*\.sql$/;
const checks = /\.checks\.sql$/;

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
  const name = file.path.replace(/\.sql$/, '');
  const source = sourceOrProblem(file);
  if (isScript(source)) return { name, up: source, down: null };
  const parts = [{ text: source.bytes.toString('utf8'), line: 1, isOnePiece: false }];
  const up = { fileName: file.path, parts, inTransaction: true, problem: null };
  return { name, up, down: downOf(file.path, source) };
};

export const ours: FolderForm = {
  name: 'migration-checklist',
  claims: ({ path }) => form.test(path),
  read: (files) => {
    const migrations = oneEach(
      files.filter(({ path }) => !checks.test(path)),
      ({ path }) => String(versionOf(path)),
    );
    return {
      migrations: [...migrations.values()].map(readFile).sort((one, other) => byVersion(one.name, other.name)),
      notes: [],
    };
  },
};
