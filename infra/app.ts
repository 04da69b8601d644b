/** `npm run synth`, and what `cdk` calls: the templates and bundles in CDK_OUTDIR, or in cdk.out. */
import '#command-line/require-node';
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseCommandLine, runCommand, say } from '#command-line/command';
import { exitCodes } from '#command-line/exit-codes';
import { configurationFolderVariable, readConfig } from './config';
import { projectRoot } from './project-root';

const usage = `Makes the templates and bundles of checklist.config.yaml, or of the example where there is none, in cdk.out/:
offline, without Docker and without credentials.

  npm run synth

Options
  --help   this text

Exit codes: 0 made, 1 it failed, 2 what was given is wrong: options, configuration.`;

const synth = async () => {
  const startedMs = performance.now();
  const { fileName, config } = readConfig(process.env[configurationFolderVariable] ?? projectRoot);
  const given = process.env['CDK_OUTDIR'];
  const directory = path.resolve(given ?? path.join(projectRoot, 'cdk.out'));
  // Bundles of earlier times would stay beside those of now.
  if (given === undefined) rmSync(directory, { recursive: true, force: true });
  // Loaded only now: a wrong configuration is refused without loading the CDK.
  const { synthesize } = await import('./synthesize');
  const { stacks } = synthesize(directory, config);
  const assets = readdirSync(directory).filter((name) => name.startsWith('asset.')).length;
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  say(`${stacks.length} stacks and ${assets} assets from ${fileName} in ${seconds} s`);
  for (const { stackName, template, templateFullPath } of stacks) {
    const count = Object.keys(template.Resources as object).length;
    say(`  ${stackName}: ${count} resources, ${path.relative(process.cwd(), templateFullPath)}`);
  }
};

const main = async (): Promise<number> => {
  const { values } = parseCommandLine('npm run synth', { options: { help: { type: 'boolean', default: false } } });
  if (values.help) say(usage);
  else await synth();
  return exitCodes.done;
};

runCommand(main);
