/** `npm run build`: compiles the package's program, one file for one, so that nothing has to be compiled where it is installed. */
import '#command-line/require-node';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { parseCommandLine, runCommand, say } from '#command-line/command';
import { exitCodes } from '#command-line/exit-codes';

const usage = `Compiles what the installed package needs into dist/. npm pack does it by itself.

  npm run build

Options
  --help   this text

Exit codes: 0 made, 1 it failed, 2 what was given is wrong.`;

const folders: readonly string[] = ['command-line', 'commands', 'infra', 'lambdas', 'local', 'statemachine'];
const onlyInClone = 'commands/build/';
const exampleConfiguration = 'checklist.config.example.yaml';

const projectRoot = path.resolve(__dirname, '..', '..');

const filesOf = (...endings: readonly string[]) =>
  folders
    .flatMap((folder) =>
      readdirSync(path.join(projectRoot, folder), { recursive: true, encoding: 'utf8' }).map(
        (file) => `${folder}/${file.split(path.sep).join('/')}`,
      ),
    )
    .filter((file) => endings.includes(path.extname(file)))
    .filter((file) => !file.startsWith(onlyInClone));

const compile = async () => {
  const outdir = path.join(projectRoot, 'dist');
  rmSync(outdir, { recursive: true, force: true });
  const sources = filesOf('.ts').filter((file) => !file.endsWith('.d.ts'));
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
  const assets = [...filesOf('.js', '.cjs', '.yaml'), exampleConfiguration];
  for (const file of assets) {
    mkdirSync(path.dirname(path.join(outdir, file)), { recursive: true });
    cpSync(path.join(projectRoot, file), path.join(outdir, file));
  }
  // The nearest package.json says what `#…` means, and here the files are JavaScript.
  const imports = Object.fromEntries(
    ['domain', 'adapters']
      .map((wing) => [`#${wing}/*`, `./lambdas/${wing}/*.js`])
      .concat(folders.map((folder) => [`#${folder}/*`, `./${folder}/*.js`])),
  );
  // The CDK reads its app and its context where it is started.
  const cdk = JSON.parse(readFileSync(path.join(projectRoot, 'cdk.json'), 'utf8')) as object;
  writeFileSync(path.join(outdir, 'cdk.json'), `${JSON.stringify({ ...cdk, app: 'node infra/app.js' }, null, 2)}\n`);
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
