/** goose: annotations without regard to case, at the start of a line; files in the order of their numbers. */
import { byVersion, fileNameOf, versionOf } from './file-path';
import type { FolderFile, FolderForm } from './folder';
import { hasMarkers, type Marker, type ReadMarker, readMarkedFile } from './marked-sections';
import { oneEach } from './one-each';

const annotation = /^--\s*\+goose\s+(.+?)\s*$/i;

const markers: Readonly<Record<string, Marker>> = {
  up: { command: 'up', inTransaction: true },
  down: { command: 'down', inTransaction: true },
  statementbegin: { command: 'begin' },
  statementend: { command: 'end' },
  'no transaction': { command: 'no transaction' },
};

const readMarker: ReadMarker = (line) => {
  const words = annotation.exec(line)?.[1]?.toLowerCase().replace(/\s+/g, ' ');
  return words === undefined ? null : (markers[words] ?? { command: 'other' });
};

const substitutes = (text: string) => /^--\s*\+goose\s+envsub\s+on\b/im.test(text);

const keyOf = ({ path }: FolderFile) => String(versionOf(fileNameOf(path)) ?? path);

export const goose: FolderForm = {
  name: 'goose',
  claims: ({ path }, text) => path.endsWith('.sql') && hasMarkers(text, readMarker),
  read: (files) => ({
    migrations: [...oneEach(files, keyOf).values()]
      .map(readMarkedFile(readMarker))
      .sort((one, other) => byVersion(one.name, other.name)),
    notes: files
      .filter(({ bytes }) => substitutes(bytes.toString('utf8')))
      .map(({ path }) => `${path} asks for ENVSUB: environment variables are not substituted`),
  }),
};
