/** `npm run adopt`: takes over a database that another tool has brought to where it is. Nothing is run. */
import '#command-line/require-node';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { createFolderMigrationSource } from '#adapters/folder/folder-migration-source';
import { indentRest, parseCommandLine, runCommand, say } from '#command-line/command';
import { exitCodes, UsageError } from '#command-line/exit-codes';
import { count } from '#domain/count';
import { formNamed } from '#domain/folders/all-forms';
import { terminalLine } from '#domain/text/lines';
import { hashMigrations } from '#lambdas/record/pinned-migration';
import { type AdoptionClaim, planAdoption, recordAdoption } from '#local/adopt';
import { isKnown, withKnownTarget } from '#local/known-target';
import { describePlan } from './describe';

const usage = `Takes over a database that another migration tool has brought to where it is. The tool's table says what is applied; that is recorded
in the ledger as adopted, nothing of it is run, and the next run goes on with the next migration. From then on the row that the tool would
have written is written with each migration, so that the tool passes over it.

  npm run adopt -- --migrations db/migrations --database-url URL --by ada@example.org
  npm run adopt -- --migrations db/migrations --database-url URL --by ada@example.org --baseline 012 --because "applied by hand"

Options
  --migrations DIR     where the migrations are (default: migrations)
  --database-url URL   the target instead of the embedded one; a Neon branch by its direct address
  --by NAME            who adopts it
  --form FORM          in which form the migrations are, where the folder shows several or none
  --table NAME         the tool's table, as schema.table, where there are several or it has another name
  --baseline VERSION   how far the database is, by your word: only where no tool's table says it
  --because TEXT       why, with --baseline
  --look               say what would be adopted; change nothing
  --documents DIR      where the decision log is, as for npm start (default: .local/documents)
  --help               this text

Exit codes: 0 adopted, or nothing to adopt; 1 what the table says stands in the way, or the target did not answer; 2 what was given is wrong.`;

const options = {
  migrations: { type: 'string', default: 'migrations' },
  'database-url': { type: 'string' },
  by: { type: 'string' },
  form: { type: 'string' },
  table: { type: 'string' },
  baseline: { type: 'string' },
  because: { type: 'string' },
  look: { type: 'boolean', default: false },
  documents: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

const words = (name: string, text: string | undefined): string | null => {
  if (text === undefined) return null;
  const trimmed = text.replaceAll(/\s+/g, ' ').trim();
  if (trimmed === '') throw new UsageError(`--${name} is empty; name one, or leave the option out`);
  return trimmed;
};

const parse = () => {
  const { values } = parseCommandLine('npm run adopt', { options });
  const by = words('by', values.by);
  if (by === null && !values.help && !values.look)
    throw new UsageError('--by is missing; it is kept in the ledger and in the decision log');
  const [baseline, because] = [words('baseline', values.baseline), words('because', values.because)];
  if (baseline !== null && because === null && !values.look)
    throw new UsageError('--because is missing; with --baseline your word is all there is, so say what it rests on');
  const form = words('form', values.form);
  const claim: AdoptionClaim = {
    by: by ?? 'nobody yet',
    baseline,
    because,
    table: words('table', values.table),
    runId: `adopted-${randomBytes(6).toString('hex')}`,
  };
  return { values, claim, form: form === null ? null : formNamed(form).id };
};

const main = async (): Promise<number> => {
  const { values, claim, form } = parse();
  if (values.help) {
    say(usage);
    return exitCodes.done;
  }
  const source = createFolderMigrationSource(path.resolve(values.migrations), form);
  const others = await source.readOthers();
  const files = await hashMigrations(source);
  if (files.length === 0)
    throw new UsageError(`there is no migration in ${values.migrations}; name the folder with --migrations`);
  const place = {
    migrations: values.migrations,
    databaseUrl: values['database-url'] ?? null,
    documents: values.documents ?? null,
  };
  if (!isKnown(place))
    throw new UsageError('nothing was started here yet; name the database to adopt with --database-url');
  return withKnownTarget(place, async (known) => {
    say(terminalLine`  target: ${known.description}`);
    say(terminalLine`  form:   ${others?.formName ?? 'migration-checklist'}, ${count(files.length, 'migration')}`);
    const plan = await planAdoption(known, { others, files }, claim);
    if (!values.look && plan.entries.length > 0) await recordAdoption(known, plan, claim);
    for (const line of describePlan(plan, values.look)) say(indentRest(line));
    return exitCodes.done;
  });
};

runCommand(main);
