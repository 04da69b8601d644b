import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { listFolder, readFolder, readFolderFile } from '#adapters/folder/read-folder';
import { withFolder } from '#test/support/with-folder';

const write = async (directory: string, ...names: readonly string[]) => {
  for (const name of names) {
    await mkdir(path.dirname(path.join(directory, name)), { recursive: true });
    await writeFile(path.join(directory, name), `-- ${name}`);
  }
};

test('files by which a form is recognised are read, in the folder and one below; of programs only the name counts; deeper ones are named', () =>
  withFolder(async (directory) => {
    await write(directory, '1_a.sql', 'README.md', '2_b.go', 'c/up.SQL', 'c/notes.txt', 'flyway.toml', 'c/d/3.sql');

    const { files, deeper } = await readFolder(directory);

    expect(Object.fromEntries(files.map(({ path: name, bytes }) => [name, bytes.toString()]))).toEqual({
      '1_a.sql': '-- 1_a.sql',
      '2_b.go': '',
      'c/up.SQL': '-- c/up.SQL',
      'flyway.toml': '-- flyway.toml',
    });
    expect(deeper).toEqual(['c/d/']);
  }));

test('a folder is listed without a look into its files or folders', () =>
  withFolder(async (directory) => {
    await write(directory, 'README.md', 'c/up.sql');
    await symlink('nowhere', path.join(directory, '1_a.sql'));

    expect((await listFolder(directory)).toSorted((one, other) => (one.name < other.name ? -1 : 1))).toEqual([
      { name: '1_a.sql', isFolder: false },
      { name: 'README.md', isFolder: false },
      { name: 'c', isFolder: true },
    ]);
    expect(await readFolderFile(directory, '1_a.sql')).toBeNull();
    await expect(readFolder(directory)).rejects.toMatchObject({
      name: 'InvalidInput',
      message: expect.stringMatching(/1_a\.sql leads to a file that does not exist; expected a file that you may read/),
    });
  }));

test('a folder that is not there, and a file in its place, are named', () =>
  withFolder(async (directory) => {
    await write(directory, '1_a.sql');

    for (const [name, what] of [
      ['gone', 'does not exist'],
      ['1_a.sql', 'is not a folder'],
    ] as const)
      await expect(readFolder(path.join(directory, name))).rejects.toMatchObject({
        name: 'InvalidInput',
        message: `${path.join(directory, name)} ${what}; expected the folder with the migrations, which --help says how to name`,
      });
  }));
