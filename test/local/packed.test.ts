/** The package as it is installed: unpacked beside its dependencies, used from an empty folder, with nothing compiled at run time. */
import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { installedCommands } from '#command-line/as-typed';
import { projectRoot } from '#test/support/project-root';
import { withFolder } from '#test/support/with-folder';

jest.setTimeout(240_000);

const execute = promisify(execFile);

type Outcome = { readonly code: number; readonly stdout: string; readonly stderr: string };

const program = (folder: string) => {
  const file = path.join(folder, 'node_modules', 'migration-checklist', 'dist', 'commands', 'main.js');
  return (...args: readonly string[]): Promise<Outcome> =>
    new Promise((resolve) => {
      execFile(process.execPath, [file, ...args], { cwd: folder, timeout: 120_000 }, (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code ?? 99) : 0, stdout, stderr }),
      );
    });
};

const install = async (folder: string) => {
  await execute('npm', ['pack', '--pack-destination', folder], { cwd: projectRoot });
  const [archive = ''] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
  await execute('tar', ['xzf', archive], { cwd: folder });
  const own = path.join(folder, 'node_modules', 'migration-checklist');
  await mkdir(path.dirname(own), { recursive: true });
  await cp(path.join(folder, 'package'), own, { recursive: true });
  const { dependencies, optionalDependencies } = JSON.parse(
    await readFile(path.join(own, 'package.json'), 'utf8'),
  ) as Record<'dependencies' | 'optionalDependencies', Readonly<Record<string, string>>>;
  // What npm would install, and nothing of the clone's own tools.
  const transitive = (await readdir(path.join(projectRoot, 'node_modules'))).filter(
    (name) => !['tsx', 'esbuild', '@esbuild', 'typescript', 'aws-cdk-lib', 'aws-cdk', '.bin'].includes(name),
  );
  expect(Object.keys({ ...dependencies, ...optionalDependencies })).not.toContain('tsx');
  for (const name of transitive)
    await symlink(path.join(projectRoot, 'node_modules', name), path.join(folder, 'node_modules', name));
};

test('every command runs from an empty folder and says its own name', () =>
  withFolder(async (folder) => {
    await install(folder);
    const run = program(folder);

    const help = await run();
    expect(help).toMatchObject({ code: 0, stderr: '' });
    for (const command of Object.keys(installedCommands)) {
      expect(help.stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
      const own = await run(command, '--help');
      expect({ command, ...own }).toMatchObject({ code: 0, stderr: '' });
      expect(own.stdout).toContain(`migration-checklist ${command}`);
      expect(own.stdout).not.toMatch(/npm (?:start|run (?:rehearse|review|status|settle|pages|statistics))/);
    }
    expect(await run('nope')).toMatchObject({ code: 2, stderr: expect.stringContaining('there is no command "nope"') });

    expect(await run('deploy')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('npm install --save-dev aws-cdk@'),
    });

    const samples = path.join(projectRoot, 'migrations');
    expect(await run('review', samples)).toMatchObject({ code: 0 });
    expect(await run('doctor', '--migrations', samples)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('ready for: review, rehearse, run'),
    });
    const rehearsed = await run('rehearse', samples);
    expect(rehearsed.stdout).toContain('✓ 2 migrations');
    expect(rehearsed).toMatchObject({ code: 0, stderr: '' });

    await cp(samples, path.join(folder, 'migrations'), { recursive: true });
    const signedOff = await run('run', '001_create_jobs.sql', '--yes', '--monitor', '2s', '--port', '0');
    expect(signedOff.stdout).toContain('✓ Sign off');
    expect(signedOff.code).toBe(0);
    // Relative to where the user stands, and nothing beside .local.
    expect((await readdir(folder)).filter((name) => !name.endsWith('.tgz')).sort()).toEqual(
      ['.local', 'migrations', 'node_modules', 'package'].sort(),
    );
  }));
