/** Every command of package.json that is a program of ours, as a user types it. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { referenceFile, sectionOf } from '#docs/generate-reference';
import { projectRoot } from '#test/support/project-root';
import { withFolder } from '#test/support/with-folder';

// Processes are started, each of which reads all of a command first.
jest.setTimeout(60_000);

const { scripts } = JSON.parse(readFileSync(path.join(projectRoot, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};

const programs = Object.entries(scripts).flatMap(([name, script]): [string, string][] => {
  const [, file] = /^node --import tsx (\S+)$/.exec(script) ?? [];
  return file === undefined ? [] : [[name, file]];
});

const run = (file: string, args: readonly string[], cwd = projectRoot, before: readonly string[] = []) =>
  new Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>((resolve) => {
    const tsx = ['--import', pathToFileURL(require.resolve('tsx')).href];
    const all = [...before, ...tsx, path.join(projectRoot, file), ...args];
    execFile(process.execPath, all, { cwd, timeout: 60_000 }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code ?? 99) : 0, stdout, stderr }),
    );
  });

const reference = readFileSync(referenceFile, 'utf8');

test.each(programs)(
  '%s knows --help, as docs/reference.md has it, and says of an option that it does not know where help is',
  async (name, file) => {
    const command = name === 'start' ? 'npm start' : `npm run ${name}`;

    const help = await run(file, ['--help']);
    const wrong = await run(file, ['--nonsense']);

    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toContain(command);
    expect(help.stdout).toMatch(/^ {2}--help +this text$/m);
    if (file.startsWith('commands/')) expect(reference).toContain(sectionOf(name, help.stdout));
    expect(wrong).toEqual({
      code: 2,
      stdout: '',
      stderr: `✗ Unknown option '--nonsense'; "${command} -- --help" lists what there is\n`,
    });
  },
);

test('there are commands', () => {
  expect(programs.map(([name]) => name)).toEqual(expect.arrayContaining(['start', 'synth', 'deploy', 'bench']));
});

// A module that is loaded before the check may fail on an old Node, and its error is then all that is said.
test('the first import of every command asks for the version of Node', () => {
  const folders = readdirSync(path.join(projectRoot, 'commands')).map((name) => `commands/${name}/command.ts`);
  const files = new Set([
    ...programs.map(([, file]) => file),
    ...folders.filter((file) => existsSync(path.join(projectRoot, file))),
  ]);

  expect(files.size).toBeGreaterThanOrEqual(8);
  for (const file of files) {
    const [, first] = /^(?:import|export)\b(.*)$/m.exec(readFileSync(path.join(projectRoot, file), 'utf8')) ?? [];
    expect({ file, first }).toEqual({ file, first: " '#command-line/require-node';" });
  }
});

test.each(programs)('%s says on an old Node which one is needed', async (_, file) => {
  const old = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.8' } });`;

  const refused = await run(file, ['--help'], projectRoot, [
    '--import',
    `data:text/javascript,${encodeURIComponent(old)}`,
  ]);

  expect(refused).toEqual({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(/^✗ this is Node 18\.20\.8, but Node 20\.19 or newer is needed; .*\n$/),
  });
});

test('a broken configuration is wrong use of whichever command reads it', () =>
  withFolder(async (directory) => {
    await mkdir(path.join(directory, 'migrations'), { recursive: true });
    await writeFile(path.join(directory, 'checklist.config.yaml'), 'neon: 1\n');
    await writeFile(
      path.join(directory, 'migrations/001_a.sql'),
      '-- Purpose: a\nCREATE TABLE a ();\n-- ROLLBACK\n--   DROP TABLE a;\n',
    );

    const publish = await run('commands/publish/command.ts', [], directory);

    expect(publish).toMatchObject({ code: 2, stderr: expect.stringContaining('checklist.config.yaml:1: neon is 1') });
  }));

test('verify-evidence names the stores of all projects, and finds the run in the one that has it', () =>
  withFolder(async (directory) => {
    const stores = ['.local/store', '.local/projects/shop-1/store'];
    for (const [index, store] of stores.entries()) {
      await mkdir(path.join(directory, store, `runs/run-${index}`), { recursive: true });
      await writeFile(path.join(directory, store, `runs/run-${index}/run.json`), '{}');
    }

    const none = await run('commands/verify-evidence/command.ts', [], directory);
    const found = await run('commands/verify-evidence/command.ts', ['run-1'], directory);

    expect(none.code).toBe(2);
    expect(none.stderr).toContain('--store .local/store: run-0\n  --store .local/projects/shop-1/store: run-1\n');
    expect(found.stdout).toContain('run-1 in --store .local/projects/shop-1/store');
    // Nothing there was closed.
    expect(found.code).toBe(1);
  }));
