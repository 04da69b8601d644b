/** sql-migrate: `-- +migrate Up`, each section with an option of its own; files by number, then by name. */
import { byVersion, isAtTop } from './file-path';
import type { FolderForm } from './folder';
import { hasMarkers, type MarkerRules, readMarkedFiles } from './marked-sections';
import { isPaired } from './pairs';

const annotation = /^-- \+migrate\s+(\S+)(.*)$/;

const rules: MarkerRules = {
  tool: 'sql-migrate',
  readMarker: (line) => {
    const [, command, options = ''] = annotation.exec(line) ?? [];
    const inTransaction = !options.split(/\s+/).includes('notransaction');
    if (command === undefined) return null;
    if (command === 'Up') return { command: 'up', inTransaction };
    if (command === 'Down') return { command: 'down', inTransaction };
    if (command === 'StatementBegin') return { command: 'begin' };
    return { command: command === 'StatementEnd' ? 'end' : 'other' };
  },
  dropsSqlAbove: true,
  refusesBlockAbove: false,
  continues: true,
};

/** Files that share a number are no fault to it: it knows each by its whole name. */
export const sqlMigrate: FolderForm = {
  id: 'sql-migrate',
  name: 'sql-migrate',
  showing: (files) => files.filter((file) => isAtTop(file) && hasMarkers(file, rules)),
  takesToo: (file) => isAtTop(file) && file.path.endsWith('.sql') && !isPaired(file),
  read: (files) => {
    const { migrations, notes } = readMarkedFiles(files, rules);
    return { migrations: migrations.toSorted((one, other) => byVersion(one.name, other.name)), notes };
  },
  ownTables: ['gorp_migrations'],
};
