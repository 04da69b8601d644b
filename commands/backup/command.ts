/** `npm run backup`: backs up a database, and believes it after it was restored. */
import '#command-line/require-node';
import path from 'node:path';
import { createFolderArtifactStore } from '#adapters/folder/folder-artifact-store';
import { parseCommandLine, runCommand, say } from '#command-line/command';
import { exitCodes, UsageError } from '#command-line/exit-codes';
import { withProgressLine } from '#command-line/progress-line';
import { addProgress, progressInWords, type Reached, sizeInWords } from '#domain/backup/progress';
import { count, counted } from '#domain/count';
import { terminalLine } from '#domain/text/lines';
import { type BackupPlace, backUp } from '#local/back-up';
import { isKnown, withKnownTarget } from '#local/known-target';
import { stateDirectoryOf, storeIn } from '#local/state-directory';

const usage = `Backs up a database: roles, schema, rows and large objects as of one moment, in a folder of files that psql alone can restore, with
README.txt and, written last, manifest.json. Then it is restored into a scratch database beside it and compared.

  npm run backup                                         the embedded database of the samples
  npm run backup -- --database-url DATABASE_URL          a server of your own, into its store below .local
  npm run backup -- --database-url DATABASE_URL --to DIR into a folder that does not hold one yet

Options
  --database-url URL       the database, or the variable with its URL; a role that may read all of it
  --migrations DIR         whose store it goes to (default: migrations)
  --to DIR                 the folder itself, instead of the store
  --name NAME              its name in the store (default: the database's and the time)
  --without-verification   only write it; it counts for nothing before it was restored
  --help                   this text

Exit codes: 0 made and compared, 1 it could not be made or differs, 2 what was given is wrong.`;

const nameOf = (database: string, now: Date) =>
  `${database.replaceAll(/[^A-Za-z0-9._-]/g, '-')}-${now.toISOString().replaceAll(/[-:]|\.\d+/g, '')}`;

const main = async (): Promise<number> => {
  const { values } = parseCommandLine('npm run backup', {
    options: {
      'database-url': { type: 'string' },
      migrations: { type: 'string', default: 'migrations' },
      to: { type: 'string' },
      name: { type: 'string' },
      'without-verification': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    say(usage);
    return exitCodes.done;
  }
  const { to, name } = values;
  if (name !== undefined && (to !== undefined || !/^(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/.test(name)))
    throw new UsageError(
      to === undefined
        ? `--name is ${JSON.stringify(name)}; expected letters, digits, ".", "_" and "-"`
        : '--name names a backup in the store, and --to a folder; give one of them',
    );
  const place = { migrations: values.migrations, databaseUrl: values['database-url'] ?? null };
  if (!isKnown(place)) throw new UsageError('nothing was started here yet; name the database with --database-url');
  return withKnownTarget(place, async ({ connection }) => {
    const settings = await connection({ branchId: 'target' });
    const called = name ?? nameOf(settings.database, new Date());
    const directory = to ?? storeIn(stateDirectoryOf(place));
    const where: BackupPlace = {
      store: createFolderArtifactStore({ directory: path.resolve(directory) }),
      key: to === undefined ? `backups/${called}/manifest.json` : 'manifest.json',
    };
    let reached: Reached = { bytes: 0, rows: 0, totalBytes: null };
    let doing = 'backup';
    const { backup, comparison, notHeld } = await withProgressLine(
      process.stderr,
      (elapsedMs) => `${doing}: ${progressInWords(reached, elapsedMs)}`,
      () =>
        backUp(connection, where, {
          isVerified: !values['without-verification'],
          onProgress: (progress) => {
            reached = addProgress(reached, progress);
          },
          onMade: () => {
            doing = 'written; restored and compared';
          },
        }),
    );
    const rows = backup.tables.reduce((sum, table) => sum + table.rows, 0);
    say(
      terminalLine`✓ ${to ?? called}: ${count(backup.tables.length, 'table')} with ${counted(rows, 'row')} of database "${settings.database}", ${sizeInWords(backup.sizeBytes)}, ${(backup.durationMs / 1_000).toFixed(1)} s`,
    );
    for (const sentence of notHeld) say(terminalLine`  not in it: ${sentence}`);
    say(
      comparison === null
        ? '  It was not restored: it counts for nothing before it was.'
        : `✓ restored into a scratch database and compared: rows, catalog and sequences are equal, ${(comparison.durationMs / 1_000).toFixed(1)} s`,
    );
    say(terminalLine`  To restore it: npm run restore -- ${to ?? called} --into DATABASE_URL`);
    return exitCodes.done;
  });
};

runCommand(main);
