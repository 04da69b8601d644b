/** `npm run deploy`: looks whether everything is there, makes the stacks, publishes the migrations. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot } from '../infra/bundling/entry-text';
import { type Config, ConfigurationRefused, readOwnConfig } from '../infra/config';
import { type ExitCode, runCommand, say } from './command';
import { type DeployTools, deployInstallation } from './deploy-installation';
import { preflight } from './preflight/preflight';

const usage = `Deploys the checklist as checklist.config.yaml says, after a look whether everything is there.

  npm run deploy -- --check    only looks: secrets, mail, Neon, account; makes nothing
  npm run deploy               looks, deploys the stacks with CDK, publishes the migrations

Options
  --migrations DIR   the folder of migrations to publish (default: migrations)
  --yes              do not ask before permissions are widened
  --help             this text

Credentials are those of the AWS SDK: AWS_PROFILE and so on. The region is the one of checklist.config.yaml.
Exit codes: 0 done, 1 the deployment failed, 2 something is missing or wrong and nothing was made.`;

const complain = (line: string) => process.stderr.write(`${line}\n`);

/** The pinned CDK of this project, not whatever is on the path. */
const commands = {
  cdk: [path.join(projectRoot, 'node_modules', 'aws-cdk', 'bin', 'cdk')],
  'publish-migrations': ['--import', 'tsx', path.join(projectRoot, 'operations', 'publish-migrations.ts')],
} as const;

const runIn =
  (region: string): DeployTools['run'] =>
  (tool, parameters) =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [...commands[tool], ...parameters], {
        cwd: projectRoot,
        stdio: 'inherit',
        env: { ...process.env, AWS_REGION: region, CDK_DEFAULT_REGION: region },
      });
      child.once('error', reject);
      child.once('close', (code) => resolve(code ?? 1));
    });

/** Null when it was refused; the refusal is told. */
const readConfiguration = (): Config | null => {
  try {
    return readOwnConfig(projectRoot);
  } catch (error) {
    if (!(error instanceof ConfigurationRefused)) throw error;
    complain(`✗ ${error.message}`);
    return null;
  }
};

const main = async (): Promise<ExitCode> => {
  const { values } = parseArgs({
    options: {
      check: { type: 'boolean', default: false },
      migrations: { type: 'string', default: 'migrations' },
      yes: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    say(usage);
    return 0;
  }
  const config = readConfiguration();
  if (!config) return 2;
  return deployInstallation(
    config,
    { ...values, migrations: path.resolve(values.migrations) },
    { preflight: (of) => preflight(of, say), run: runIn(config['installation.region']), say, complain },
  );
};

runCommand(usage, main);
