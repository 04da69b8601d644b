/** Folders as tests write them: paths with their texts. */
import type { FolderFile, Script } from '#domain/folders/folder';
import { recogniseFolder } from '#domain/folders/recognise';

export const files = (texts: Readonly<Record<string, string>>): readonly FolderFile[] =>
  Object.entries(texts).map(([path, text]) => ({ path, bytes: Buffer.from(text) }));

export const read = (texts: Readonly<Record<string, string>>) => recogniseFolder(files(texts));

/** The script's text, pieces joined; null when there is no script. */
export const textOf = (script: Script | null | undefined): string | null =>
  script
    ? script.parts
        .map(({ text }) => text.trim())
        .filter((text) => text !== '')
        .join(' | ')
    : null;

/** Name, way forward and way back of each migration. */
export const outline = (texts: Readonly<Record<string, string>>) =>
  read(texts).migrations.map(({ name, up, down }) => [name, textOf(up), textOf(down)]);
