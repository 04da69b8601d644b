import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createFolderProjectDocuments } from '#adapters/folder/folder-project-documents';
import { StoreFailed } from '#domain/errors';
import { withFolder } from '#test/support/with-folder';

test('a document is written where its name says, in folders that are made for it, and read again', () =>
  withFolder(async (directory) => {
    const documents = createFolderProjectDocuments(path.join(directory, 'project'));

    expect(await documents.write('ops/postmortems/a.md', '# ä')).toBe('ops/postmortems/a.md');

    expect(await readFile(path.join(directory, 'project/ops/postmortems/a.md'), 'utf8')).toBe('# ä');
    expect(await documents.read('ops/postmortems/a.md')).toBe('# ä');
  }));

test('a document that is not there is null', () =>
  withFolder(async (directory) => {
    expect(await createFolderProjectDocuments(directory).read('docs/decisions.md')).toBeNull();
  }));

test('writing again replaces the document and leaves nothing beside it', () =>
  withFolder(async (directory) => {
    const documents = createFolderProjectDocuments(directory);
    await documents.write('decisions.md', 'old and longer');

    await documents.write('decisions.md', 'new');

    expect(await documents.read('decisions.md')).toBe('new');
    expect(await readdir(directory)).toEqual(['decisions.md']);
  }));

test('a write that fails says which document, and leaves nothing behind', () =>
  withFolder(async (directory) => {
    await mkdir(path.join(directory, 'decisions.md'));

    const writing = createFolderProjectDocuments(directory).write('decisions.md', 'new');

    await expect(writing).rejects.toThrow(StoreFailed);
    await expect(writing).rejects.toThrow('decisions.md');
    expect(await readdir(directory)).toEqual(['decisions.md']);
  }));

test('what cannot be read is an error, never a document that is not there', () =>
  withFolder(async (directory) => {
    await mkdir(path.join(directory, 'decisions.md'));

    await expect(createFolderProjectDocuments(directory).read('decisions.md')).rejects.toThrow(StoreFailed);
  }));

test('no name leads out of the project', () =>
  withFolder(async (directory) => {
    const documents = createFolderProjectDocuments(path.join(directory, 'project'));
    await writeFile(path.join(directory, 'secret'), 'x');

    await expect(documents.read('../secret')).rejects.toThrow(StoreFailed);
    await expect(documents.write('docs/../../secret', 'y')).rejects.toThrow(StoreFailed);
    expect(await readFile(path.join(directory, 'secret'), 'utf8')).toBe('x');
  }));
