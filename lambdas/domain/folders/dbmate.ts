/** dbmate: `-- migrate:up` and `-- migrate:down`, each with options of its own; files by name. */
import { byName } from './file-path';
import type { FolderForm } from './folder';
import { hasMarkers, type ReadMarker, readMarkedFile } from './marked-sections';

const annotation = /^--\s*migrate:(up|down)(?:\s+(.*))?$/;

const readMarker: ReadMarker = (line) => {
  const [, command, options = ''] = annotation.exec(line.trimEnd()) ?? [];
  if (command !== 'up' && command !== 'down') return null;
  return { command, inTransaction: !options.split(/\s+/).includes('transaction:false') };
};

export const dbmate: FolderForm = {
  name: 'dbmate',
  claims: ({ path }, text) => path.endsWith('.sql') && hasMarkers(text, readMarker),
  read: (files) => ({
    migrations: files.map(readMarkedFile(readMarker)).sort((one, other) => byName(one.name, other.name)),
    notes: [],
  }),
};
