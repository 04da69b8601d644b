/** `npm run build`: compiles the package's program, one file for one, so that nothing has to be compiled where it is installed. */
import '#command-line/require-node';
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { parseCommandLine, runCommand, say } from '#command-line/command';
import { exitCodes } from '#command-line/exit-codes';

const usage = `Compiles what the installed package needs into dist/. npm pack does it by itself.

  npm run build

Options
  --help   this text

Exit codes: 0 made, 1 it failed, 2 what was given is wrong.`;

/** What only a clone does stays out: deploying, and everything of the CDK. */
const folders: readonly string[] = ['command-line', 'commands', 'lambdas', 'local', 'statemachine'];
const onlyInClone: readonly string[] = ['commands/build/', 'commands/deploy/'];

const projectRoot = path.resolve(__dirname, '..', '..');

const filesOf = (...endings: readonly string[]) =>
  folders
    .flatMap((folder) =>
      readdirSync(path.join(projectRoot, folder), { recursive: true, encoding: 'utf8' }).map(
        (file) => `${folder}/${file.split(path.sep).join('/')}`,
      ),
    )
    .filter((file) => endings.includes(path.extname(file)))
    .filter((file) => !onlyInClone.some((prefix) => file.startsWith(prefix)));

/** Of what describes an installation a command needs how its configuration is read, and what its stacks are called. */
const reachedInInfra = async (): Promise<readonly string[]> => {
  const { metafile } = await build({
    absWorkingDir: projectRoot,
    entryPoints: ['commands/main.ts'],
    bundle: true,
    write: false,
    metafile: true,
    outdir: 'dist',
    packages: 'external',
    platform: 'node',
    logLevel: 'silent',
  });
  return Object.keys(metafile.inputs).filter((file) => file.startsWith('infra/'));
};

const compile = async () => {
  const outdir = path.join(projectRoot, 'dist');
  rmSync(outdir, { recursive: true, force: true });
  const sources = [...filesOf('.ts'), ...(await reachedInInfra())];
  await build({
    absWorkingDir: projectRoot,
    entryPoints: [...sources],
    outbase: '.',
    outdir,
    format: 'cjs',
    platform: 'node',
    target: 'node20.19',
    // Node's own `import()` asks for a file's ending, which the sources leave out.
    supported: { 'dynamic-import': false },
    legalComments: 'none',
  });
  const assets = filesOf('.js', '.cjs', '.yaml');
  for (const file of assets) {
    mkdirSync(path.dirname(path.join(outdir, file)), { recursive: true });
    cpSync(path.join(projectRoot, file), path.join(outdir, file));
  }
  // The nearest package.json says what `#…` means, and here the files are JavaScript.
  const imports = Object.fromEntries(
    ['domain', 'adapters']
      .map((wing) => [`#${wing}/*`, `./lambdas/${wing}/*.js`])
      .concat([...folders, 'infra'].map((folder) => [`#${folder}/*`, `./${folder}/*.js`])),
  );
  writeFileSync(path.join(outdir, 'package.json'), `${JSON.stringify({ type: 'commonjs', imports }, null, 2)}\n`);
  return { sources: sources.length, assets: assets.length };
};

const main = async (): Promise<number> => {
  const { values } = parseCommandLine('npm run build', { options: { help: { type: 'boolean', default: false } } });
  if (values.help) say(usage);
  else {
    const { sources, assets } = await compile();
    say(`✓ dist/: ${sources} files compiled, ${assets} copied`);
  }
  return exitCodes.done;
};

runCommand(main);
