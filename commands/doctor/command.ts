/** `npm run doctor`: what of this machine and of what was named is ready for which command, and what to do about the rest. */
import '#command-line/require-node';
import path from 'node:path';
import { parseCommandLine, runCommand, say } from '#command-line/command';
import { exitCodes } from '#command-line/exit-codes';
import { lookAtConfiguration, lookAtConventions, lookAtMigrations, lookAtStatistics, lookAtTokens } from './files';
import { describeFindings, type Finding, worthKnowing } from './finding';
import { lookAtEmbedded, lookAtFolder, lookAtKeys, lookAtLeftovers, lookAtNode, lookAtPages } from './machine';

const usage = `Looks at this machine, the migrations, the configuration and the database that is named, and says what is ready for which
command: ✓ as it should be, ! worth knowing, ✗ in the way, with what to do. Changes nothing, and shows no secret.

  npm run doctor
  npm run doctor -- --migrations ../shop/migrations --database-url DATABASE_URL

Options
  --migrations DIR     where the migrations are (default: migrations)
  --form FORM          in which form they are, where the folder shows several or none
  --database-url URL   the database to look at, which is only read; or the name of a variable that holds the URL
  --help               this text

Exit codes: 0 nothing is in the way, 1 something is (✗), 2 what was given is wrong.`;

/** A variable that nobody named is never used. */
const unnamedVariable = (environment: NodeJS.ProcessEnv): readonly Finding[] =>
  environment['DATABASE_URL']
    ? [worthKnowing('DATABASE_URL is set, and was not looked at', 'Name it: --database-url DATABASE_URL')]
    : [];

const main = async (): Promise<number> => {
  const { values } = parseCommandLine('npm run doctor', {
    options: {
      migrations: { type: 'string', default: 'migrations' },
      form: { type: 'string' },
      'database-url': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    say(usage);
    return exitCodes.done;
  }
  const { migrations, 'database-url': url } = values;
  const folder = await lookAtMigrations(migrations, values.form ?? null);
  const lookAtNamed = async () => {
    if (url === undefined) return unnamedVariable(process.env);
    const { lookAtDatabase } = await import('./database');
    return lookAtDatabase(url, folder.ownTables);
  };
  const looks: readonly (() => Promise<readonly Finding[]>)[] = [
    lookAtNode,
    lookAtFolder,
    () => lookAtEmbedded(url === undefined),
    async () => folder.findings,
    lookAtNamed,
    lookAtConventions,
    () => lookAtStatistics(path.resolve(migrations)),
    lookAtKeys,
    () => lookAtPages(),
    () => lookAtTokens(process.env),
    () => lookAtConfiguration(process.cwd()),
    lookAtLeftovers,
  ];
  const findings: Finding[] = [];
  for (const look of looks) findings.push(...(await look()));
  for (const line of describeFindings(findings)) say(line);
  return findings.some(({ sign }) => sign === '✗') ? exitCodes.failed : exitCodes.done;
};

runCommand(main);
