/** `npm run synth`, and what `cdk` calls: the templates and bundles in CDK_OUTDIR, or in cdk.out. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from './bundling/entry-text';
import { ConfigurationRefused, readConfig } from './config';
import { stackName } from './stack-names';
import { synthesize } from './synthesize';

const synth = () => {
  const startedMs = performance.now();
  const { fileName, config } = readConfig(projectRoot);
  const directory = path.resolve(process.env['CDK_OUTDIR'] ?? path.join(projectRoot, 'cdk.out'));
  const { template } = synthesize(directory, config).getStackByName(stackName);
  const types = Object.values(template.Resources as Record<string, { Type: string }>).map(({ Type }) => Type);
  const functions = types.filter((type) => type === 'AWS::Lambda::Function').length;
  const assets = readdirSync(directory).filter((name) => name.startsWith('asset.')).length;
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  process.stdout.write(
    `${stackName} from ${fileName}: ${types.length} resources, ${functions} functions, ${assets} bundles, in ${seconds} s\n`,
  );
  process.stdout.write(`${path.relative(process.cwd(), directory) || '.'}/${stackName}.template.json\n`);
};

try {
  synth();
} catch (error) {
  if (!(error instanceof ConfigurationRefused)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
