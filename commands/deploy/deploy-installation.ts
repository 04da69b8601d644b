/** The deployment, from its checks to the person's next steps; the caller passes in the tools. */
import { exitCodes } from '#command-line/exit-codes';
import { terminalLine } from '#domain/text/lines';
import type { Config } from '#infra/config';
import { stackNameOf } from '#infra/stack-names';
import type { Missing } from './preflight/check';

export type DeployTools = {
  readonly preflight: (config: Config) => Promise<Missing>;
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
  '✓ Deployed. Next steps:',
  `  1. Confirm the subscription that Amazon has mailed to ${config['monitor.onCall']}; until then no alarm reaches anybody.`,
  `  2. Mark the database as staging, once: NEON_API_KEY=… npm run mark-staging -- --by you@example.org`,
  `  3. Start the first execution of the state machine ${config['installation.name']} in ${config['installation.region']}:`,
  '     {"migration": "<file>"}',
];

/** Nothing where there is nothing. */
const listed = (
  sign: string,
  texts: readonly string[],
  [one, several]: readonly [string, string],
): readonly string[] =>
  texts.length === 0
    ? []
    : [
        `${texts.length} ${texts.length === 1 ? one : several}:`,
        ...texts.map((text) => terminalLine`  ${sign} ${text}`),
      ];

/** Returns the exit code: `failed` also when something is missing or could not be asked, and then nothing was made. */
export const deployInstallation = async (
  config: Config,
  { check, yes, migrations }: DeployChoices,
  { preflight, run, say, complain }: DeployTools,
): Promise<number> => {
  const { missing, unasked } = await preflight(config);
  if (missing.length + unasked.length > 0) {
    complain('Nothing was made or changed.');
    for (const line of listed('✗', missing, ['thing is missing or wrong', 'things are missing or wrong']))
      complain(line);
    for (const line of listed('?', unasked, ['thing could not be asked', 'things could not be asked'])) complain(line);
    return exitCodes.failed;
  }
  if (check) {
    say('✓ Everything is there: npm run deploy can begin.');
    return exitCodes.done;
  }
  say(`deploying ${stackNameOf(config, 'storage')} and the other stacks; CDK prints its progress`);
  if ((await run('cdk', ['deploy', '--all', ...(yes ? ['--require-approval', 'never'] : [])])) !== 0) {
    complain(
      '✗ CDK did not deploy everything; its output above gives the reason. What it made stays, and the same command continues.',
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
