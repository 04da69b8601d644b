/** `npm run restore`: brings a backup back, whole or single tables of it. */
import '#command-line/require-node';
import { restoreTables } from '#adapters/postgres/backup/restore-tables';
import { restoreWhole } from '#adapters/postgres/backup/restore-whole';
import { openStoredFolder } from '#adapters/postgres/backup/stored-folder';
import { readConnectionUrl } from '#adapters/postgres/plain-server/connection-url';
import { parseCommandLine, runCommand, say, warn } from '#command-line/command';
import { databaseUrlOf, warningAbout, withPassword } from '#command-line/database-url';
import { exitCodes, UsageError } from '#command-line/exit-codes';
import { withProgressLine } from '#command-line/progress-line';
import { findBackup } from '#commands/stores/find-backup';
import { namedStores } from '#commands/stores/named-stores';
import { addProgress, progressInWords, type Reached } from '#domain/backup/progress';
import { terminalLine } from '#domain/text/lines';
import { type Lines, linesOfTables, linesOfWhole } from './describe';

const usage = `Restores a backup: whole into an empty database, or single tables into one that is in use. What comes back is compared with what was
saved, by count and digest.

  npm run restore -- RUN --into DATABASE_URL                      the backup of a run, or one that npm run backups lists
  npm run restore -- DIR --into DATABASE_URL                      the folder of a backup
  npm run restore -- RUN --into DATABASE_URL --table public.jobs  a table that was dropped, with its keys, indexes and the
                                                                  foreign keys of other tables that fell with it

A whole restore that was interrupted goes on with the same command; until it is finished the database has the schema
migration_checklist_restore. Tables come back in one transaction, or not at all. Roles that the server lacks are made, without password
and login.

Options
  --into URL                the database, or the variable with its URL
  --table NAME              only this table, with its partitions; more than one is allowed
  --store DIR               the folder of the store; left out, the backup is looked for in .local/store and .local/projects/*/store
  --bucket NAME             the bucket instead; credentials are those of the AWS SDK
  --although-production     the database may be production: its name says so, or, with --table, it carries no staging mark
  --although-in-use         others may be connected to it
  --help                    this text

Exit codes: 0 restored and equal, 1 it could not be restored, differs, or something that fell with a table is not back, 2 what was
given is wrong.`;

const urlOf = (given: string): string => {
  const warning = warningAbout(given);
  if (warning !== null) warn(`! ${warning.replaceAll('--database-url', '--into')}`);
  return withPassword(databaseUrlOf(given, process.env, '--into'), process.env);
};

const print = ({ good, bad, also }: Lines): number => {
  for (const line of good) say(line);
  for (const line of also) say(line);
  for (const line of bad) warn(line);
  return bad.length > 0 ? exitCodes.failed : exitCodes.done;
};

const main = async (): Promise<number> => {
  const { values, positionals } = parseCommandLine('npm run restore', {
    options: {
      into: { type: 'string' },
      table: { type: 'string', multiple: true },
      store: { type: 'string' },
      bucket: { type: 'string' },
      'although-production': { type: 'boolean', default: false },
      'although-in-use': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  if (values.help) {
    say(usage);
    return exitCodes.done;
  }
  const [named, ...others] = positionals;
  if (named === undefined || others.length > 0)
    throw new UsageError(`expected one backup, got ${positionals.length}; npm run backups lists them`);
  if (values.into === undefined)
    throw new UsageError('--into is missing; it names the database that the backup goes to');
  const connection = readConnectionUrl(urlOf(values.into));
  const { store, key, sha256 } = await findBackup(namedStores(values), named);
  const folder = await openStoredFolder(store, key, sha256);
  const although = { production: values['although-production'], inUse: values['although-in-use'] };
  let reached: Reached = { bytes: 0, rows: 0, totalBytes: null };
  const options = {
    although,
    onProgress: (progress: Parameters<typeof addProgress>[1]) => {
      reached = addProgress(reached, progress);
    },
  };
  const { database, madeAt } = { ...folder.manifest.source, madeAt: folder.manifest.madeAt };
  say(terminalLine`  backup of database "${database}", ${madeAt}, into "${connection.database}" on ${connection.host}`);
  return withProgressLine(
    process.stderr,
    (elapsedMs) => progressInWords(reached, elapsedMs),
    async () => {
      if (values.table) {
        const clock = { now: () => new Date() };
        return print(
          linesOfTables(await restoreTables(connection, folder, { ...options, tables: values.table, clock })),
        );
      }
      return print(linesOfWhole(await restoreWhole(connection, folder, options), folder.manifest.notHeld));
    },
  );
};

runCommand(main);
