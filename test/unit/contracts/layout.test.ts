/** The house as docs/architecture.md draws it: what lies where, who imports whom, and where a box's id may stand. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { rooms } from '#domain/boxes/rooms';
import { allBoxes, type BoxId, checklist, namesOf } from '#lambdas/checklist';
import { version } from '#lambdas/version';
import { projectRoot } from '#test/support/project-root';

const folders = ['lambdas', 'local', 'commands', 'command-line', 'infra', 'statemachine', 'bench', 'docs', 'test'];

const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '--', ...folders], {
  cwd: projectRoot,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file.endsWith('.ts') && existsSync(path.join(projectRoot, file)));

const sources = files.filter((file) => !file.startsWith('test/'));

const textOf = (file: string) => readFileSync(path.join(projectRoot, file), 'utf8');

const { imports: aliases } = JSON.parse(textOf('package.json')) as {
  readonly imports: Readonly<Record<string, string>>;
};

/** Files that may import each other by `./` and `../`. */
const wingOf = (file: string): string => {
  const parts = file.split('/');
  const depth = /^lambdas\/(domain|adapters)\//.test(file) ? 3 : /^(lambdas|local|commands|test)\//.test(file) ? 2 : 1;
  return parts.slice(0, Math.min(depth, parts.length - 1)).join('/');
};

const relativeImports = (file: string) =>
  [...textOf(file).matchAll(/(?:from|import\(|import) ?'(\.[^']*)'/g)].map(([, specifier = '']) => ({
    file,
    specifier,
    target: path.posix.join(path.posix.dirname(file), specifier),
  }));

test('there are files to look at', () => {
  expect(sources.length).toBeGreaterThan(300);
  expect(files.length - sources.length).toBeGreaterThan(200);
});

test('./ and ../ stay inside one wing, and nothing climbs further', () => {
  const found = files.flatMap(relativeImports);

  expect(found.length).toBeGreaterThan(500);
  expect(found.filter(({ file, target }) => wingOf(file) !== wingOf(`${target}.ts`))).toEqual([]);
  expect(found.filter(({ specifier }) => specifier.startsWith('../../'))).toEqual([]);
});

test('# is not used where ./ or ../ would do', () => {
  const shortened = files.flatMap((file) =>
    [...textOf(file).matchAll(/from '(#[^']+)'/g)].flatMap(([, specifier = '']) => {
      const [alias, folder] = Object.entries(aliases).find(([one]) => specifier.startsWith(one.slice(0, -1))) ?? [
        '',
        '',
      ];
      const target = folder.replace(/^\.\//, '').replace('*', specifier.slice(alias.length - 1));
      const relative = path.posix.relative(path.posix.dirname(file), target);
      return wingOf(file) === wingOf(target) && !relative.startsWith('../../') ? [`${file}: ${specifier}`] : [];
    }),
  );

  expect(shortened).toEqual([]);
});

test('no source file is longer than 250 lines', () => {
  expect(sources.filter((file) => textOf(file).split('\n').length - 1 > 250)).toEqual([]);
});

test('every box is answered by the room of its step', () => {
  const documents = rooms as Readonly<Record<string, Readonly<Partial<Record<BoxId, unknown>>>>>;

  expect(allBoxes).toHaveLength(61);
  for (const step of checklist)
    expect(step.boxes.filter(({ id }) => !documents[namesOf(step).file]?.[id]).map(({ id }) => id)).toEqual([]);
});

test('box ids stand in rooms, in the tables, in the rules and in the questions, and nowhere else', () => {
  const allowed =
    /^lambdas\/(domain\/boxes\/|checklist\.ts|alarms\.ts|domain\/review\/rules\/|domain\/approvals\/stages\.ts)/;
  const holding = sources.filter((file) => /'(?:[1-9]|1[0-6])\.[1-9]'/.test(textOf(file)));

  expect(holding.filter((file) => allowed.test(file)).length).toBeGreaterThan(15);
  expect(holding.filter((file) => !allowed.test(file))).toEqual([]);
});

test('a step has its file, its room and its test under one name', () => {
  for (const { file } of checklist.map(namesOf)) {
    expect(existsSync(path.join(projectRoot, `lambdas/steps/${file}.ts`))).toBe(true);
    expect(existsSync(path.join(projectRoot, `lambdas/domain/boxes/${file}.ts`))).toBe(true);
    expect(existsSync(path.join(projectRoot, `test/unit/domain/boxes/${file}.test.ts`))).toBe(true);
  }
});

test('the paths that docs/architecture.md leads a stranger along exist, and each is three hops at most', () => {
  const [, section = ''] = textOf('docs/architecture.md').split('## From one name to the next');
  const ways = [...(section.split('\n## ')[0] ?? '').matchAll(/^\| [^|]+ \| (`[^|]+) \|/gm)].map(([, cell = '']) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file),
  );

  expect(ways).toHaveLength(5);
  for (const way of ways) {
    expect(way.length).toBeGreaterThan(1);
    expect(way.length).toBeLessThanOrEqual(4);
    expect(way.filter((file) => !existsSync(path.join(projectRoot, file)))).toEqual([]);
  }
});

test('documents name the version of package.json', () => {
  expect(version).toBe((JSON.parse(textOf('package.json')) as { readonly version: string }).version);
});
