/** `npm run backups`: lists the backups that there are. */
import '#command-line/require-node';
import { parseCommandLine, runCommand, say } from '#command-line/command';
import { exitCodes } from '#command-line/exit-codes';
import { type ListedBackup, listBackups } from '#commands/stores/find-backup';
import { namedStores } from '#commands/stores/named-stores';
import { sizeInWords } from '#domain/backup/progress';
import { count, counted } from '#domain/count';
import { terminalLine } from '#domain/text/lines';

const usage = `Lists backups, the newest last: of runs, and those that npm run backup has made.

  npm run backups                       on this machine, in .local/store and .local/projects/*/store
  npm run backups -- --bucket NAME      on AWS

Options
  --store DIR      the folder of one store
  --bucket NAME    the bucket instead; credentials are those of the AWS SDK
  --help           this text

Exit codes: 0 listed, 1 a store could not be read, 2 what was given is wrong.`;

const lineOf = (backup: ListedBackup): string => {
  const { name, option, manifest } = backup;
  if (manifest === null) return terminalLine`✗ ${name}: ${backup.fault} (${option})`;
  const { database, host, server } = manifest.source;
  const what = `${count(backup.tables, 'table')} with ${counted(backup.rows, 'row')}, ${sizeInWords(backup.sizeBytes)}`;
  return terminalLine`  ${name}: ${manifest.madeAt}, database "${database}" on ${host}, PostgreSQL ${Math.floor(server / 10_000)}, ${what} (${option})`;
};

const main = async (): Promise<number> => {
  const { values } = parseCommandLine('npm run backups', {
    options: {
      store: { type: 'string' },
      bucket: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    say(usage);
    return exitCodes.done;
  }
  const backups = await listBackups(namedStores(values));
  for (const backup of backups) say(lineOf(backup));
  if (backups.length === 0) say('  There is no backup here. npm run backup makes one, and so does every run.');
  else say('  To restore one: npm run restore -- NAME --into DATABASE_URL');
  return exitCodes.done;
};

runCommand(main);
