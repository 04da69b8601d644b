/** `npm run synth`, and what `cdk` calls: the templates and bundles in CDK_OUTDIR, or in cdk.out. */
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from './bundling/entry-text';
import { ConfigurationRefused, readConfig } from './config';
import { synthesize } from './synthesize';

const synth = () => {
  const startedMs = performance.now();
  const { fileName, config } = readConfig(projectRoot);
  const given = process.env['CDK_OUTDIR'];
  const directory = path.resolve(given ?? path.join(projectRoot, 'cdk.out'));
  // Bundles of earlier times would stay beside those of now.
  if (given === undefined) rmSync(directory, { recursive: true, force: true });
  const { stacks } = synthesize(directory, config);
  const assets = readdirSync(directory).filter((name) => name.startsWith('asset.')).length;
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  process.stdout.write(`${stacks.length} stacks and ${assets} assets from ${fileName} in ${seconds} s\n`);
  for (const { stackName, template, templateFullPath } of stacks) {
    const count = Object.keys(template.Resources as object).length;
    process.stdout.write(`  ${stackName}: ${count} resources, ${path.relative(process.cwd(), templateFullPath)}\n`);
  }
};

try {
  synth();
} catch (error) {
  if (!(error instanceof ConfigurationRefused)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
