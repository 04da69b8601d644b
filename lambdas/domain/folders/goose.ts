/** goose: annotations without regard to case, at the start of a line; files in the order of their numbers. */
import { byVersion, fileNameOf, isAtTop, versionOf } from './file-path';
import type { FolderFile, FolderForm } from './folder';
import { hasMarkers, type Marker, type MarkerRules, readMarkedFiles } from './marked-sections';
import { isPaired } from './pairs';
import { sameVersions } from './same-version';

const annotation = /^\s*--\s*\+goose\s+(.+?)\s*$/i;

const markers: Readonly<Record<string, Marker>> = {
  up: { command: 'up', inTransaction: true },
  down: { command: 'down', inTransaction: true },
  statementbegin: { command: 'begin' },
  statementend: { command: 'end' },
  'no transaction': { command: 'no transaction' },
};

const rules: MarkerRules = {
  tool: 'goose',
  readMarker: (line) => {
    const words = annotation.exec(line)?.[1]?.toLowerCase().replace(/\s+/g, ' ');
    return words === undefined ? null : (markers[words] ?? { command: 'other' });
  },
  dropsSqlAbove: false,
  refusesBlockAbove: true,
  continues: false,
};

const substitutes = (text: string) => /^--\s*\+goose\s+envsub\s+on\b/im.test(text);

const keyOf = ({ path }: FolderFile) => versionOf(fileNameOf(path))?.toString() ?? null;

export const goose: FolderForm = {
  id: 'goose',
  name: 'goose',
  showing: (files) => files.filter((file) => isAtTop(file) && hasMarkers(file, rules)),
  takesToo: (file) => isAtTop(file) && /^\d+_.*\.sql$/.test(file.path) && !isPaired(file),
  read: (files) => {
    const { migrations, notes } = readMarkedFiles(files, rules);
    return {
      migrations: migrations.toSorted((one, other) => byVersion(one.name, other.name)),
      notes: [
        ...notes,
        ...sameVersions(files, keyOf, 'goose itself refuses them'),
        ...files
          .filter(({ bytes }) => substitutes(bytes.toString('utf8')))
          .map(({ path }) => ({ says: 'environment variables (ENVSUB) are not filled in', name: path })),
      ],
    };
  },
  ownTables: ['goose_db_version'],
};
