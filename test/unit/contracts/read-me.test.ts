/** What is written for people who open a folder: it is there where there is much to find, short, and names files that exist. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '#test/support/project-root';

const notOurs = new Set(['.git', 'node_modules', '.local', 'cdk.out', 'coverage', 'dist']);

type Folder = { readonly folder: string; readonly files: readonly string[] };

const foldersBelow = (folder: string): readonly Folder[] => {
  const entries = readdirSync(path.join(projectRoot, folder), { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  const folders = entries.filter((entry) => entry.isDirectory() && !notOurs.has(entry.name));
  return [{ folder, files }, ...folders.flatMap(({ name }) => foldersBelow(path.join(folder, name)))];
};

const folders = foldersBelow('.');

const manyFiles = 15;
const mostLines = 15;

/** The front page, the two formats that people write in, and the table of contents that is made from the rules. */
const longer = new Set(['.', 'migrations', 'statemachine', 'docs/rules']);

const read = (file: string) => readFileSync(path.join(projectRoot, file), 'utf8');

/** `NN-slug.ts` and `<command>` stand for many: of these the folder that they lie in. */
const withoutPlaceholder = (name: string) => name.replace(/(^|\/)[^/]*(?:<|NN-).*/, '$1');

/** What lies in a folder of the project, what ends like a file, and what ends with a slash. */
const isPath = (name: string) =>
  /\/$|\.(ts|js|cjs|md|sql|json|yaml)$/.test(name) ||
  folders.some(({ folder }) => folder !== '.' && name.startsWith(`${folder}/`));

const pathsNamedIn = (text: string) =>
  [...text.matchAll(/`([\w.@/<>-]+)`/g)].map(([, name = '']) => withoutPlaceholder(name)).filter(isPath);

const missingFrom = (text: string, folder: string) =>
  pathsNamedIn(text).filter((name) => ![folder, '.'].some((from) => existsSync(path.join(projectRoot, from, name))));

test(`a folder with more than ${manyFiles} files says what is in it`, () => {
  const large = folders.filter(({ files }) => files.filter((name) => name !== 'README.md').length > manyFiles);

  expect(large.length).toBeGreaterThan(10);
  expect(large.filter(({ files }) => !files.includes('README.md')).map(({ folder }) => folder)).toEqual([]);
});

const described = folders.filter(({ folder, files }) => files.includes('README.md') && !longer.has(folder));

test('there are such pages', () => {
  expect(described.length).toBeGreaterThan(15);
});

test.each(described)(`$folder says it in at most ${mostLines} lines, and names what is there`, ({ folder }) => {
  const text = read(path.join(folder, 'README.md'));

  expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(mostLines);
  expect(pathsNamedIn(text).length).toBeGreaterThan(0);
  expect(missingFrom(text, folder)).toEqual([]);
});

test.each(['CONTRIBUTING.md', 'SECURITY.md'])(
  '%s names files and folders that exist, and links that lead somewhere',
  (file) => {
    const text = read(file);
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link = '']) => link);

    expect([...pathsNamedIn(text), ...links].length).toBeGreaterThan(0);
    expect(missingFrom(text, '.')).toEqual([]);
    expect(links.filter((link) => !existsSync(path.join(projectRoot, link)))).toEqual([]);
  },
);

test('what can be added is told with its places and with the tests that guide', () => {
  const chapters = read('CONTRIBUTING.md').split(/^## /m).slice(1);
  const additions = chapters.filter((chapter) => chapter.startsWith('Add '));

  expect(additions.map((chapter) => chapter.split('\n')[0])).toEqual([
    'Add a rule',
    "Add a box's fact",
    'Add an adapter',
    'Add a command',
    'Add a form of migrations',
  ]);
  for (const chapter of additions) {
    const [places = '', guides = ''] = chapter.split(/^Guides: /m);
    expect(pathsNamedIn(places).length).toBeGreaterThan(1);
    expect(pathsNamedIn(guides).filter((name) => name.startsWith('test/'))).not.toEqual([]);
  }
});
