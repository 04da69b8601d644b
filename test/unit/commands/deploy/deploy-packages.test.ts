/** What the installed package needs where it is installed: `dependencies` for every command, and for deploying what it asks for. */
import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { build } from 'esbuild';
import { requireDeployPackages } from '#commands/deploy/deploy-packages';
import { projectRoot } from '#test/support/project-root';

type Manifest = Readonly<Record<'dependencies' | 'optionalDependencies' | 'devDependencies', Record<string, string>>>;
const manifest = JSON.parse(readFileSync(path.join(projectRoot, 'package.json'), 'utf8')) as Manifest;

const packageOf = (specifier: string) => specifier.match(/^(?:@[^/]+\/)?[^/]+/)?.[0] ?? specifier;

/** Every package that the entry reaches, whatever loads it and when. */
const reachedFrom = async (entry: string): Promise<readonly string[]> => {
  const { metafile } = await build({
    absWorkingDir: projectRoot,
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    outdir: 'dist',
    packages: 'external',
    external: ['#commands/deploy/command'],
    platform: 'node',
    logLevel: 'silent',
  });
  const paths = Object.values(metafile.outputs).flatMap(({ imports }) =>
    imports.filter(({ external }) => external).map((one) => one.path),
  );
  return [...new Set(paths.filter((one) => !isBuiltin(one) && !one.startsWith('#')).map(packageOf))].sort();
};

test('every package that a command but deploy loads is installed with ours', async () => {
  const reached = await reachedFrom('commands/main.ts');

  expect(reached.length).toBeGreaterThan(10);
  expect(reached.filter((name) => !Object.hasOwn(manifest.dependencies, name))).toEqual([]);
});

test('deploy and its app load nothing else than these and what deploy asks for', async () => {
  const all = [...(await reachedFrom('commands/deploy/command.ts')), ...(await reachedFrom('infra/app.ts'))];
  const more = [...new Set(all)].filter((name) => !Object.hasOwn(manifest.dependencies, name));
  const asked = (() => {
    try {
      requireDeployPackages(() => null);
    } catch (error) {
      return (error as Error).message;
    }
    return '';
  })();

  expect(more).toContain('aws-cdk-lib');
  // With the versions that were tested, as one command.
  for (const name of [...more, 'aws-cdk'])
    expect(asked.split('npm install --save-dev ')[1]).toContain(`${name}@${manifest.devDependencies[name]}`);
});

test('where they are installed, nothing is asked', () => {
  expect(() => requireDeployPackages(() => '/anywhere')).not.toThrow();
});
