/** `npm run status`: what the ledger says of every version, what is unresolved, and what a person does. */
import '#command-line/require-node';
import path from 'node:path';
import { createFolderMigrationSource } from '#adapters/folder/folder-migration-source';
import { indentRest, parseCommandLine, runCommand, say } from '#command-line/command';
import { exitCodes } from '#command-line/exit-codes';
import { formNamed } from '#domain/folders/all-forms';
import { isKnown, withKnownTarget } from '#local/known-target';
import { readElsewhere } from '#local/postgres/home';
import { describeStatus } from './describe';

const usage = `Says what became of every version, what stands unresolved, and what a person does about it. Changes nothing.

  npm run status                                       the embedded database of migrations/
  npm run status -- --database-url URL                 your own PostgreSQL server, or a Neon branch by its direct address

Options
  --migrations DIR     where the migrations are (default: migrations)
  --form FORM          in which form they are, where the folder shows several or none
  --database-url URL   the target instead of the embedded one
  --help               this text

Exit codes: 0 every version is signed off or settled, 1 something is not, or the target did not answer, 2 what was given is wrong.`;

const main = async (): Promise<number> => {
  const { values } = parseCommandLine('npm run status', {
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
  const { migrations, 'database-url': databaseUrl = null } = values;
  const form = values.form === undefined ? null : formNamed(values.form).id;
  const files = await createFolderMigrationSource(path.resolve(migrations), form).list();
  const place = { migrations, databaseUrl };
  if (!isKnown(place)) {
    say(`Nothing was started here yet; ${files.length} migrations are in ${migrations}.`);
    return exitCodes.done;
  }
  return withKnownTarget(place, async ({ database, description, stateDirectory }) => {
    const state = await database.readTargetState({ branchId: 'target' });
    const { lines, isWell } = describeStatus(state, files);
    say(`  target: ${description}`);
    say(`  state:  ${path.relative('', stateDirectory) || '.'}`);
    const elsewhere = await readElsewhere(path.join(stateDirectory, 'postgres'));
    if (databaseUrl === null && elsewhere)
      say(`  its database lies in ${elsewhere}, because PostgreSQL may not enter the folder; it goes with it`);
    for (const line of lines) say(indentRest(line));
    return isWell ? exitCodes.done : exitCodes.failed;
  });
};

runCommand(main);
