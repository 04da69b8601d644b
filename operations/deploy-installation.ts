/** The deployment from its checks to what a person does next; the tools it calls are handed in. */
import { exitCodes } from '../command-line/exit-codes';
import type { Config } from '../infra/config';
import { stackNameOf } from '../infra/stack-names';

export type DeployTools = {
  /** One line for each problem. */
  readonly preflight: (config: Config) => Promise<readonly string[]>;
  /** Runs a tool of this project in the foreground; its exit code. */
  readonly run: (tool: 'cdk' | 'publish-migrations', parameters: readonly string[]) => Promise<number>;
  readonly say: (line: string) => void;
  readonly complain: (line: string) => void;
};

export type DeployChoices = {
  /** Only look, make nothing. */
  readonly check: boolean;
  /** Do not ask before permissions are widened. */
  readonly yes: boolean;
  readonly migrations: string;
};

const nextSteps = (config: Config): readonly string[] => [
  '✓ Deployed. What is left to do:',
  `  1. Confirm the subscription that Amazon has mailed to ${config['monitor.onCall']}; until then no alarm rings.`,
  `  2. Mark the database as staging, once: NEON_API_KEY=… npm run mark-staging -- --by you@example.org`,
  `  3. Start the first execution of the state machine ${config['installation.name']} in ${config['installation.region']}:`,
  '     {"migration": "<file>"}',
];

/** The exit code: `failed` also when something is missing and nothing was made. */
export const deployInstallation = async (
  config: Config,
  { check, yes, migrations }: DeployChoices,
  { preflight, run, say, complain }: DeployTools,
): Promise<number> => {
  const problems = await preflight(config);
  if (problems.length > 0) {
    complain(
      `Nothing was made or changed. ${problems.length === 1 ? 'One thing is' : `${problems.length} things are`} missing:`,
    );
    for (const problem of problems) complain(`  ✗ ${problem}`);
    return exitCodes.failed;
  }
  if (check) {
    say('✓ Everything is there: npm run deploy can begin.');
    return exitCodes.done;
  }
  say(`deploying ${stackNameOf(config, 'storage')} and what belongs to it; CDK tells how far it is`);
  if ((await run('cdk', ['deploy', '--all', ...(yes ? ['--require-approval', 'never'] : [])])) !== 0) {
    complain(
      '✗ CDK did not deploy everything; what it says above is the reason. What was made stays, the same command goes on.',
    );
    return exitCodes.failed;
  }
  if ((await run('publish-migrations', ['--migrations', migrations])) !== 0) {
    complain('✗ The stacks are deployed, the migrations were not published; then: npm run publish-migrations');
    return exitCodes.failed;
  }
  for (const line of nextSteps(config)) say(line);
  return exitCodes.done;
};
