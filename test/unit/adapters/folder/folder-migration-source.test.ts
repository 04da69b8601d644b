import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createFolderMigrationSource } from '#adapters/folder/folder-migration-source';
import { InvalidInput } from '#domain/errors';
import { withFolder } from '#test/support/with-folder';

const write = async (directory: string, ...names: readonly string[]) => {
  for (const name of names) await writeFile(path.join(directory, name), `-- ${name}`);
};

test('migrations are listed by version as a number; checks and other files are none', () =>
  withFolder(async (directory) => {
    await write(
      directory,
      '10_c.sql',
      '9_b.sql',
      '010_b.sql',
      '001_a.sql',
      '001_a.checks.sql',
      'README.md',
      'a.sql.bak',
    );

    expect(await createFolderMigrationSource(directory).list()).toEqual([
      '001_a.sql',
      '9_b.sql',
      '010_b.sql',
      '10_c.sql',
    ]);
  }));

test('a name without a version comes first, where its refusal is seen', () =>
  withFolder(async (directory) => {
    await write(directory, '001_a.sql', 'notes.sql');

    expect(await createFolderMigrationSource(directory).list()).toEqual(['notes.sql', '001_a.sql']);
  }));

test('a file is read byte by byte', () =>
  withFolder(async (directory) => {
    const bytes = Buffer.from([0xef, 0xbb, 0xbf, 0x0d, 0x0a, 0xff]);
    await writeFile(path.join(directory, '001_a.sql'), bytes);

    expect(await createFolderMigrationSource(directory).read('001_a.sql')).toEqual(bytes);
  }));

test('a file that is not there is null', () =>
  withFolder(async (directory) => {
    expect(await createFolderMigrationSource(directory).read('001_a.checks.sql')).toBeNull();
  }));

test('no path leads out of the folder', () =>
  withFolder(async (directory) => {
    await write(directory, 'secret.sql');
    await mkdir(path.join(directory, 'migrations'));
    const source = createFolderMigrationSource(path.join(directory, 'migrations'));

    expect(await source.read('../secret.sql')).toBeNull();
    expect(await source.read(path.join(directory, 'secret.sql'))).toBeNull();
  }));

test('a folder that is not there is named', () =>
  withFolder(async (directory) => {
    const listing = createFolderMigrationSource(path.join(directory, 'gone')).list();

    await expect(listing).rejects.toThrow(InvalidInput);
    await expect(listing).rejects.toThrow(/gone does not exist; expected the folder with the migrations/);
  }));

test('what cannot be read is an error, never a migration that is not there', () =>
  withFolder(async (directory) => {
    await mkdir(path.join(directory, '001_a.sql'));

    await expect(createFolderMigrationSource(directory).read('001_a.sql')).rejects.toThrow(
      '001_a.sql cannot be read (EISDIR)',
    );
  }));
