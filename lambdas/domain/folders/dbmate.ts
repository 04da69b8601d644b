/** dbmate: `-- migrate:up` and `-- migrate:down`, each with options of its own; files by name. */
import { byName, fileNameOf, isAtTop } from './file-path';
import type { FolderForm } from './folder';
import { hasMarkers, type MarkerRules, readMarkedFiles } from './marked-sections';
import { isPaired } from './pairs';
import { sameVersions } from './same-version';

const annotation = /^--\s*migrate:(up|down)(?:\s+(.*))?$/;

const rules: MarkerRules = {
  tool: 'dbmate',
  readMarker: (line) => {
    const [, command, options = ''] = annotation.exec(line.trimEnd()) ?? [];
    if (command !== 'up' && command !== 'down') return null;
    return { command, inTransaction: !options.split(/\s+/).includes('transaction:false') };
  },
  dropsSqlAbove: false,
  refusesBlockAbove: true,
  continues: false,
};

export const dbmate: FolderForm = {
  id: 'dbmate',
  name: 'dbmate',
  showing: (files) => files.filter((file) => isAtTop(file) && hasMarkers(file, rules)),
  takesToo: (file) => isAtTop(file) && /^\d+.*\.sql$/.test(file.path) && !isPaired(file),
  read: (files) => {
    const { migrations, notes } = readMarkedFiles(files, rules);
    const digitsOf = (path: string) => /^\d+/.exec(fileNameOf(path))?.[0] ?? null;
    return {
      migrations: migrations.toSorted((one, other) => byName(one.name, other.name)),
      notes: [...notes, ...sameVersions(files, ({ path }) => digitsOf(path), 'dbmate itself fails at the second')],
    };
  },
  ownTables: ['schema_migrations'],
};
