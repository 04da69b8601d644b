/** `npm run deploy`: verifies that everything is there, deploys the stacks, publishes the migrations. */
import '#command-line/require-node';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { parseCommandLine, runCommand, say, warn } from '#command-line/command';
import { exitCodes } from '#command-line/exit-codes';
import { configurationFolderVariable, readOwnConfig } from '#infra/config';
import { projectRoot } from '#infra/project-root';
import { type DeployTools, deployInstallation } from './deploy-installation';
import { folderOfPackage, isCompiled, requireDeployPackages } from './deploy-packages';

const usage = `Deploys the checklist as checklist.config.yaml says, once everything that it needs is there.

  npm run deploy -- --check    only looks: secrets, mail, log groups, Neon, account; makes nothing
  npm run deploy               looks, deploys the stacks with CDK, publishes the migrations

Options
  --migrations DIR   the folder of migrations to publish (default: migrations)
  --yes              do not ask before permissions are widened
  --help             this text

Credentials are those of the AWS SDK: AWS_PROFILE and so on. The region is the one of checklist.config.yaml.
Exit codes: 0 done, 1 something is missing, could not be asked or failed, 2 what was given is wrong: options, configuration.`;

type Tool = { readonly cwd: string; readonly args: readonly string[] };

/** The CDK that is installed beside us, not whatever is on the path. Templates of the package go to where it is used. */
const tools = (): Readonly<Record<Parameters<DeployTools['run']>[0], Tool>> => ({
  cdk: {
    cwd: projectRoot,
    args: [
      path.join(folderOfPackage('aws-cdk') ?? '', 'bin', 'cdk'),
      ...(isCompiled ? ['--output', path.resolve('.local', 'cdk.out')] : []),
    ],
  },
  'publish-migrations': {
    cwd: process.cwd(),
    args: isCompiled
      ? [path.join(projectRoot, 'commands', 'main.js'), 'publish']
      : ['--import', 'tsx', path.join(projectRoot, 'commands', 'publish', 'command.ts')],
  },
});

const runIn =
  (region: string): DeployTools['run'] =>
  (tool, parameters) =>
    new Promise((resolve, reject) => {
      const { cwd, args } = tools()[tool];
      const given = { AWS_REGION: region, CDK_DEFAULT_REGION: region, [configurationFolderVariable]: process.cwd() };
      const child = spawn(process.execPath, [...args, ...parameters], {
        cwd,
        stdio: 'inherit',
        env: { ...process.env, ...given },
      });
      child.once('error', reject);
      child.once('close', (code) => resolve(code ?? 1));
    });

const main = async (): Promise<number> => {
  const { values } = parseCommandLine('npm run deploy', {
    options: {
      check: { type: 'boolean', default: false },
      migrations: { type: 'string', default: 'migrations' },
      yes: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    say(usage);
    return exitCodes.done;
  }
  requireDeployPackages();
  const config = readOwnConfig(process.cwd());
  // Loaded only now: it asks by a client that only this command needs.
  const { preflight } = await import('./preflight/preflight');
  return deployInstallation(
    config,
    { ...values, migrations: path.resolve(values.migrations) },
    { preflight: (of) => preflight(of, say), run: runIn(config['installation.region']), say, complain: warn },
  );
};

runCommand(main);
