/** The command line of `npm run review`. */
import { parseCommandLine } from '#command-line/command';
import { UsageError } from '#command-line/exit-codes';
import { conventionsFileName } from '#domain/review/conventions';
import type { Format } from '#domain/review/formats/format';
import { github } from '#domain/review/formats/github';
import { gitlab } from '#domain/review/formats/gitlab';
import { json } from '#domain/review/formats/json';
import { sarif } from '#domain/review/formats/sarif';
import { text } from '#domain/review/formats/text';

const formats: Readonly<Record<string, Format>> = { text, json, sarif, github, gitlab };

export type ReviewOptions = {
  /** Folders and files; empty only when help was asked for. */
  readonly paths: readonly string[];
  readonly from: string | null;
  /** The form of the folder; null: the folder shows it. */
  readonly form: string | null;
  readonly format: Format;
  /** Fails by `warn` too. */
  readonly strict: boolean;
  readonly showsNotes: boolean;
  readonly databaseUrl: string | null;
  readonly statistics: string | null;
  readonly settings: string | null;
  /** For a second opinion, in text and JSON. */
  readonly asksSquawk: boolean;
  readonly help: boolean;
};

export const reviewHelp = `Reads migrations and says what would stop, lose or break something, the worst first, with the safe way beside it. Nothing is
run, and no database is needed.

  npm run review -- DIR                   every migration of a folder, in any form that rehearse knows
  npm run review -- FILE.sql FILE.sql     these alone

Options
  --from MIGRATION     of a folder: begin with this one
  --form FORM          take the files of this form; without it the folder shows its form
  --notes              list the notes (conventions) one by one; otherwise they are counted
  --strict             exit with 1 for warn as well as for stop
  --format FORMAT      text, json, sarif, github (annotations) or gitlab (code quality); default: text
  --database-url URL   what is there already, and how large it is: the tables of this database, which is only read;
                       without it every table that a file does not make itself counts as there, with rows
  --statistics FILE    how large production's tables are, as npm run statistics writes it
  --settings FILE      the team's conventions (default: ${conventionsFileName} in the current folder, if it is there)
  --squawk             ask squawk too, where squawk-cli is installed: what it says stands beside, in text and JSON, and decides nothing
  --help               this text

In a file, above a statement: -- waive: <rule>, <reason>
Exit codes: 0 nothing of stop was found, 1 something was, 2 what was given is wrong.`;

const definitions = {
  from: { type: 'string' },
  form: { type: 'string' },
  notes: { type: 'boolean', default: false },
  strict: { type: 'boolean', default: false },
  format: { type: 'string', default: 'text' },
  'database-url': { type: 'string' },
  statistics: { type: 'string' },
  settings: { type: 'string' },
  squawk: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** Errors: UsageError. */
export const parseReviewOptions = (args: readonly string[]): ReviewOptions => {
  const { values, positionals } = parseCommandLine('npm run review', {
    args: [...args],
    options: definitions,
    allowPositionals: true,
  });
  if (!values.help && positionals.length === 0)
    throw new UsageError('nothing was named; expected npm run review -- DIR, or the files of migrations');
  const format = Object.hasOwn(formats, values.format) ? formats[values.format] : undefined;
  if (!format)
    throw new UsageError(`--format is "${values.format}"; expected one of: ${Object.keys(formats).join(', ')}`);
  return {
    paths: positionals,
    from: values.from ?? null,
    form: values.form ?? null,
    format,
    strict: values.strict,
    showsNotes: values.notes,
    databaseUrl: values['database-url'] ?? null,
    statistics: values.statistics ?? null,
    settings: values.settings ?? null,
    asksSquawk: values.squawk,
    help: values.help,
  };
};
