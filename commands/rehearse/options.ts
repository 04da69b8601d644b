/** The command line of `npm run rehearse`. */
import { parseCommandLine } from '#command-line/command';
import { UsageError } from '#command-line/exit-codes';
import { parseExtensions, parseRows, usualRows } from '#command-line/rehearsal-options';

export type RehearseOptions = {
  /** The folder with the migrations; empty only when help was asked for. */
  readonly folder: string;
  readonly databaseUrl: string | null;
  readonly json: boolean;
  readonly from: string | null;
  readonly only: string | null;
  readonly keepGoing: boolean;
  /** The form of the folder; null: the folder shows it. */
  readonly form: string | null;
  /** Are made before the first migration. */
  readonly extensions: readonly string[];
  /** A file of SQL that is run before the first migration; null: none. */
  readonly before: string | null;
  /** A migration without a rollback is no failure. */
  readonly allowsMissing: boolean;
  /** What depends on the data counts as failed. */
  readonly isStrict: boolean;
  /** Ways back that were written and lead back are put where the form wants them. */
  readonly writes: boolean;
  /** At the end all migrations are taken down, the last one first. */
  readonly takesWhole: boolean;
  /** How many rows are made for each table that a migration touches and that has none; 0: none are made. */
  readonly rows: number;
  readonly statementTimeoutMs: number;
  readonly help: boolean;
};

export const rehearseHelp = `Takes a folder of migrations through a copy, in order: each up, down and up again, and says whether the rollback
restores the schema exactly.

  npm run rehearse -- DIR                 on an embedded PostgreSQL that is made for this and removed afterwards
  npm run rehearse -- DIR --json          one line of JSON per migration

Options
  --from MIGRATION        begin with this one; those before it are applied without being rehearsed
  --only MIGRATION        rehearse this one alone; those before it are applied without being rehearsed
  --form FORM             take the files of this form and pass over the others; without it the folder shows its form
  --allow-missing         a migration without a rollback is no failure, as in forms that have none (Prisma, Drizzle, …)
  --write                 put each way back that was written and rehearsed where the form keeps it; what is there stays
  --whole                 at the end take all of them down, the last one first, comparing after each; and say which cannot
                          go back alone, because later ones stand on what it made
  --extension A,B         make these extensions before the first migration
  --before FILE.sql       run this file before the first migration: roles, schemas, tables that are not the folder's own
  --rows N                make so many rows in each table that a migration touches and that has none, as its constraints
                          allow them (default: 20); 0 rehearses without rows
  --strict                a migration that depends on the data counts as failed
  --keep-going            continue after a migration that cannot be applied (a failing rollback never stops)
  --json                  one line of JSON per migration on standard output, everything else on standard error
  --database-url URL      copies of this database, on its own server, instead of the embedded one; the database itself is
                          only read, and the role needs CREATEDB. Where it holds tables, the migrations before --from
                          or --only are taken as applied
  --statement-timeout DUR how long one statement may run: 500ms, 30s, 10m, 1h (default: 10m)
  --help                  this text

Forms that are recognised: migration-checklist, pairs (golang-migrate, sqlx), folders (diesel), goose, sql-migrate, dbmate,
node-pg-migrate, flyway, prisma, drizzle, drizzle-folders, supabase, sqlx, graphile-migrate, numbered. docs/rehearse.md shows
each, and how a team runs this in its own CI.

Verdicts: exact, harmless, irreversible by design, differs, fails, missing (there is no rollback;
one is written from the schema before and after, run, compared, and shown with what it loses). "fails with rows" means: it
runs without rows and fails on rows that were made for this and that the schema allows; it counts as failed. "depends on
rows" means: so it is, and it is the values that decide: equal ones under a new key, references, texts to be cast; it counts
as failed with --strict only.
Exit codes: 0 all went up and every rollback is exact, harmless or irreversible by design, or missing
with --allow-missing; 1 otherwise; 2 what was
given is wrong; 130 after Ctrl-C.`;

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** PostgreSQL's statement_timeout is a 32-bit number of milliseconds: about 24 days. */
const longestTimeoutMs = 2_147_483_647;

const parseTimeout = (text: string): number => {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
  const milliseconds = Math.round(Number(number) * (unitMs[unit] ?? 0));
  if (milliseconds >= 1 && milliseconds <= longestTimeoutMs) return milliseconds;
  throw new UsageError(`--statement-timeout is "${text}"; expected a duration such as 500ms, 30s, 10m or 1h`);
};

const definitions = {
  'database-url': { type: 'string' },
  json: { type: 'boolean', default: false },
  form: { type: 'string' },
  extension: { type: 'string', multiple: true },
  before: { type: 'string' },
  write: { type: 'boolean', default: false },
  whole: { type: 'boolean', default: false },
  'allow-missing': { type: 'boolean', default: false },
  strict: { type: 'boolean', default: false },
  from: { type: 'string' },
  only: { type: 'string' },
  'keep-going': { type: 'boolean', default: false },
  rows: { type: 'string', default: usualRows },
  'statement-timeout': { type: 'string', default: '10m' },
  help: { type: 'boolean', default: false },
} as const;

/** Errors: UsageError. */
export const parseRehearseOptions = (args: readonly string[]): RehearseOptions => {
  const { values, positionals } = parseCommandLine('npm run rehearse', {
    args: [...args],
    options: definitions,
    allowPositionals: true,
  });
  const [folder, second] = positionals;
  if (!values.help && folder === undefined)
    throw new UsageError('no folder was named; expected npm run rehearse -- DIR, with the migrations in DIR');
  if (second !== undefined)
    throw new UsageError(`${positionals.length} folders were named (${positionals.join(', ')}); expected one`);
  if (values.from !== undefined && values.only !== undefined)
    throw new UsageError('--from and --only are both given; expected one of them');
  return {
    folder: folder ?? '',
    databaseUrl: values['database-url'] ?? null,
    json: values.json,
    from: values.from ?? null,
    only: values.only ?? null,
    keepGoing: values['keep-going'],
    form: values.form ?? null,
    extensions: parseExtensions(values.extension ?? []),
    before: values.before ?? null,
    allowsMissing: values['allow-missing'],
    isStrict: values.strict,
    writes: values.write,
    takesWhole: values.whole,
    rows: parseRows(values.rows),
    statementTimeoutMs: parseTimeout(values['statement-timeout']),
    help: values.help,
  };
};
