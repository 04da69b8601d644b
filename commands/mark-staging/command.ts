/** `npm run mark-staging`: a person declares that this database, and no copy of it, is a staging database. */
import '#command-line/require-node';
import { createNeonPlatform } from '#adapters/neon/neon-platform';
import { copyDatabase } from '#adapters/postgres/backup/copy-database';
import { createPlainServerPlatform } from '#adapters/postgres/plain-server/plain-server-platform';
import { tryCopy } from '#adapters/postgres/trial/try-copy';
import { parseCommandLine, runCommand, say } from '#command-line/command';
import { exitCodes, UsageError } from '#command-line/exit-codes';
import type { CopyTrial } from '#domain/backup/copy-trial';
import type { TargetRecord } from '#domain/environment/target';
import { InvalidInput } from '#domain/errors';
import { terminalLine } from '#domain/text/lines';
import { type Config, readOwnConfig } from '#infra/config';
import type { DatabaseAddress } from '#lambdas/ports/database';
import type { Platform } from '#lambdas/ports/platform';
import type { Clock } from '#lambdas/ports/ports';
import { markStaging } from './mark';

const usage = `Marks a database as staging, so that runs may change it. Do this only for a database that you may lose. Then tries to copy it and to
restore the copy, without its rows, and says what every run would fail on.

  NEON_API_KEY=… npm run mark-staging -- --by you@example.org
                     the Neon branch of checklist.config.yaml
  npm run mark-staging -- --database-url postgresql://role:password@host/database --by you@example.org
                     your own PostgreSQL server

Options
  --by ADDRESS         who says so; the evidence of every run names this person
  --database-url URL   instead of the Neon branch
  --help               this text

Exit codes: 0 marked, 1 it is not staging, cannot be copied or did not answer, 2 what was given is wrong: options, configuration.`;

const clock: Clock = { now: () => new Date() };

const readApiKey = async () => {
  const key = process.env['NEON_API_KEY']?.trim();
  if (key) return key;
  throw new InvalidInput('NEON_API_KEY is not set; put an API key of the Neon project into it');
};

const openNeon = (config: Config) =>
  createNeonPlatform({
    apiKey: readApiKey,
    projectId: config['neon.projectId'],
    branchId: config['neon.stagingBranchId'],
    database: config['neon.database'],
    role: config['neon.role'],
    baseUrl: config['neon.apiUrl'],
    clock,
  });

/** Longer than the statements of an application hold their locks. */
const lockTimeoutMs = 10_000;

type Marked = { readonly platform: Platform; readonly record: TargetRecord };

const markNeonBranch = async (by: string): Promise<Marked> => {
  await readApiKey();
  const config = readOwnConfig(process.cwd());
  const { 'neon.projectId': projectId, 'neon.stagingBranchId': branchId, 'neon.database': database } = config;
  const platform = openNeon(config);
  return { platform, record: await markStaging(platform, { by, clock, expected: { projectId, branchId, database } }) };
};

const markPlainServer = async (url: string, by: string): Promise<Marked> => {
  const platform = createPlainServerPlatform({ url, clock, backupCopy: copyDatabase });
  return { platform, record: await markStaging(platform, { by, clock }) };
};

/** Prints what the trial found, worst first; true when runs can copy the target. */
const sayTrial = ({ faults, leftOut, notTried }: CopyTrial): boolean => {
  for (const { object, cause, remedy } of faults)
    say(terminalLine`✗ ${object}: ${cause}` + terminalLine`\n  remedy: ${remedy}`);
  for (const { kind, identity, cause } of leftOut) say(terminalLine`! copies go without ${kind} ${identity}: ${cause}`);
  for (const what of notTried) say(terminalLine`! not tried: ${what}`);
  if (faults.length === 0) say('✓ its schema was copied and restored, and the copy compared');
  else say('No run can pass before this is mended: every run copies the database and restores its backup.');
  return faults.length === 0;
};

const main = async (): Promise<number> => {
  const { values } = parseCommandLine('npm run mark-staging', {
    options: {
      'database-url': { type: 'string' },
      by: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    say(usage);
    return exitCodes.done;
  }
  const { 'database-url': url, by } = values;
  if (!by || !/^[^\s@]+@[^\s@]+$/.test(by))
    throw new UsageError('--by needs the mail address of the person who says that this is staging');
  const { platform, record } = await (url ? markPlainServer(url, by) : markNeonBranch(by));
  say(terminalLine`✓ database "${record.database}" on branch "${record.branchName}" is marked as staging by ${by}`);
  const tools = { clock, lockTimeoutMs, connection: (address: DatabaseAddress) => platform.connection(address) };
  const trial = await tryCopy(tools, { branchId: 'target' }, `trial-of-mark-${process.pid}`);
  return sayTrial(trial) ? exitCodes.done : exitCodes.failed;
};

runCommand(main);
