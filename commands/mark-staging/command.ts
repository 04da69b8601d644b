/** `npm run mark-staging`: a person declares that this database, and no copy of it, is a staging database. */
import '#command-line/require-node';
import { createNeonPlatform } from '#adapters/neon/neon-platform';
import { copyDatabase } from '#adapters/postgres/backup/copy-database';
import { createPlainServerPlatform } from '#adapters/postgres/plain-server/plain-server-platform';
import { parseCommandLine, runCommand, say } from '#command-line/command';
import { exitCodes, UsageError } from '#command-line/exit-codes';
import { InvalidInput } from '#domain/errors';
import { type Config, readOwnConfig } from '#infra/config';
import type { Clock } from '#lambdas/ports/ports';
import { markStaging } from './mark';

const usage = `Marks a database as staging, so that runs may change it. Do this only for a database that you may lose.

  NEON_API_KEY=… npm run mark-staging -- --by you@example.org
                     the Neon branch of checklist.config.yaml
  npm run mark-staging -- --database-url postgresql://role:password@host/database --by you@example.org
                     your own PostgreSQL server

Options
  --by ADDRESS         who says so; the evidence of every run names this person
  --database-url URL   instead of the Neon branch
  --help               this text

Exit codes: 0 marked, 1 it is not staging or did not answer, 2 what was given is wrong: options, configuration.`;

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

const markNeonBranch = async (by: string) => {
  await readApiKey();
  const config = readOwnConfig(process.cwd());
  const { 'neon.projectId': projectId, 'neon.stagingBranchId': branchId, 'neon.database': database } = config;
  return markStaging(openNeon(config), { by, clock, expected: { projectId, branchId, database } });
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
  const record = url
    ? await markStaging(createPlainServerPlatform({ url, clock, backupCopy: copyDatabase }), { by, clock })
    : await markNeonBranch(by);
  say(`✓ database "${record.database}" on branch "${record.branchName}" is marked as staging by ${by}`);
  return exitCodes.done;
};

runCommand(main);
