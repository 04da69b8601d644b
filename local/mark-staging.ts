/** `npm run mark-staging`: a person says that this database, and no copy of it, is a staging database. */
import { parseArgs } from 'node:util';
import { copyDatabase } from '../lambdas/adapters/postgres/backup/copy-database';
import { writeMark } from '../lambdas/adapters/postgres/identity-and-mark';
import { createPlainServerPlatform } from '../lambdas/adapters/postgres/plain-server/plain-server-platform';

const usage =
  'npm run mark-staging -- --database-url postgresql://role:password@host/database --by you@example.org\n' +
  'Marks the database as staging, so that runs may change it. Do this only for a database that you may lose.';

const main = async (): Promise<number> => {
  const { values } = parseArgs({ options: { 'database-url': { type: 'string' }, by: { type: 'string' } } });
  const { 'database-url': url, by } = values;
  if (!url || !by || !/^[^\s@]+@[^\s@]+$/.test(by)) {
    process.stderr.write(
      `✗ ${url ? '--by needs the address of the person who marks it' : '--database-url is missing'}\n${usage}\n`,
    );
    return 2;
  }
  const clock = { now: () => new Date() };
  const platform = createPlainServerPlatform({ url, clock, backupCopy: copyDatabase });
  const record = await platform.describeTarget();
  await writeMark(await platform.connection({ branchId: 'target' }), {
    environment: 'staging',
    ...{ projectId: record.projectId, branchId: record.branchId, markedBy: by, markedAt: clock.now().toISOString() },
  });
  process.stdout.write(`✓ database "${record.database}" is marked as staging by ${by}\n`);
  return 0;
};

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: Error) => {
    process.stderr.write(`✗ ${error.message}\n`);
    process.exitCode = 1;
  },
);
