/** sql-migrate: `-- +migrate Up`, each section with an option of its own; files by number, then by name. */
import { byVersion } from './file-path';
import type { FolderForm } from './folder';
import { hasMarkers, type ReadMarker, readMarkedFile } from './marked-sections';

const annotation = /^-- \+migrate\s+(\S+)(.*)$/;

const readMarker: ReadMarker = (line) => {
  const [, command, options = ''] = annotation.exec(line) ?? [];
  const inTransaction = !options.split(/\s+/).includes('notransaction');
  if (command === undefined) return null;
  if (command === 'Up') return { command: 'up', inTransaction };
  if (command === 'Down') return { command: 'down', inTransaction };
  if (command === 'StatementBegin') return { command: 'begin' };
  return { command: command === 'StatementEnd' ? 'end' : 'other' };
};

export const sqlMigrate: FolderForm = {
  name: 'sql-migrate',
  claims: ({ path }, text) => path.endsWith('.sql') && hasMarkers(text, readMarker),
  read: (files) => ({
    migrations: files.map(readMarkedFile(readMarker)).sort((one, other) => byVersion(one.name, other.name)),
    notes: [],
  }),
};
