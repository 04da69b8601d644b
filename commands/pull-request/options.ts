/** The command line of `npm run pull-request`, and the same as inputs of the action. */
import { parseCommandLine } from '#command-line/command';
import { databaseUrlOf } from '#command-line/database-url';
import { UsageError } from '#command-line/exit-codes';
import { parseExtensions, parseRows, usualRows } from '#command-line/rehearsal-options';

export type PullRequestOptions = {
  /** Folders of migrations; empty: those that changed files of SQL are in. */
  readonly migrations: readonly string[];
  readonly form: string | null;
  /** What git compares with; null: the code host lists the files, or the event says it. */
  readonly base: string | null;
  readonly databaseUrl: string | null;
  readonly extensions: readonly string[];
  readonly before: string | null;
  readonly allowsMissing: boolean;
  /** How many rows are made for a table that a migration touches. */
  readonly rows: number;
  readonly reviewOnly: boolean;
  readonly strict: boolean;
  readonly statistics: string | null;
  readonly settings: string | null;
  readonly sarif: string | null;
  /** Which comment is kept; null: none. */
  readonly comment: string | null;
  readonly help: boolean;
};

export const pullRequestHelp = `Reviews and rehearses the migrations that a pull request changes, and keeps one comment on it up to date. In a workflow of
GitHub Actions it is told the pull request by the runner; elsewhere it compares with --base and comments nothing.

  npm run pull-request                            in a workflow, with GITHUB_TOKEN in its environment
  npm run pull-request -- --base origin/main      anywhere

Options
  --migrations DIR     a folder of migrations, once for each; without it those that changed files of SQL are in
  --form FORM          take the files of this form; without it each folder shows its form
  --base REF           compare with this branch or commit by git, and ask no code host which files changed
  --review-only        read them, and rehearse nothing
  --database-url URL   rehearse on copies of this database, which is only read, and review with its tables and their sizes;
                       one without tables only gives its server; or the name of a variable that holds the URL
  --extension A,B      make these extensions before the first migration
  --before FILE.sql    run this file before the first migration
  --rows N             make so many rows for each table that a migration touches and that has none (default: 20; 0: none)
  --allow-missing      a migration without a rollback is no failure
  --strict             a finding of warn is one
  --statistics FILE    how large production's tables are, as npm run statistics writes it
  --settings FILE      the team's conventions
  --sarif FILE         write the findings there, for code scanning
  --comment NAME       which comment is kept, where a pull request has several (default: migrations)
  --no-comment         comment nothing: annotations and the summary of the step
  --help               this text

Exit codes: 0 nothing stops, 1 something does, 2 what was given is wrong.`;

const definitions = {
  migrations: { type: 'string', multiple: true },
  form: { type: 'string' },
  base: { type: 'string' },
  'review-only': { type: 'boolean' },
  'database-url': { type: 'string' },
  extension: { type: 'string', multiple: true },
  before: { type: 'string' },
  rows: { type: 'string' },
  'allow-missing': { type: 'boolean' },
  strict: { type: 'boolean' },
  statistics: { type: 'string' },
  settings: { type: 'string' },
  sarif: { type: 'string' },
  comment: { type: 'string' },
  'no-comment': { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

/** What an input of the action may be; --help and the token are none. */
export const inputNames = Object.keys(definitions).filter((name) => name !== 'help');

/** How the action hands an input over: never in a command line, where a value could be one. */
export const inputVariable = (name: string): string => `INPUT_${name.replaceAll('-', '_').toUpperCase()}`;

type Environment = Readonly<Record<string, string | undefined>>;

/** Empty is as good as not given: an action has no other way to leave one out. */
const inputsIn = (environment: Environment) => {
  const given = (name: string) => {
    const value = environment[inputVariable(name)]?.trim();
    return value ? value : undefined;
  };
  return {
    text: given,
    list: (name: string): readonly string[] =>
      (given(name) ?? '')
        .split('\n')
        .map((one) => one.trim())
        .filter((one) => one !== ''),
    flag: (name: string): boolean => {
      const value = given(name) ?? 'false';
      if (value === 'true' || value === 'false') return value === 'true';
      throw new UsageError(`the input ${name} is "${value}"; expected true or false`);
    },
  };
};

const commentForm = /^[A-Za-z0-9][A-Za-z0-9 ._/]{0,59}$/;

/** Errors: UsageError. */
export const parsePullRequestOptions = (args: readonly string[], environment: Environment): PullRequestOptions => {
  const { values } = parseCommandLine('npm run pull-request', { args: [...args], options: definitions });
  const inputs = inputsIn(environment);
  const text = (name: keyof typeof definitions) => (values[name] as string | undefined) ?? inputs.text(name) ?? null;
  const list = (name: keyof typeof definitions) => (values[name] as string[] | undefined) ?? inputs.list(name);
  const flag = (name: keyof typeof definitions) => (values[name] as boolean | undefined) ?? inputs.flag(name);
  const comment = text('comment') ?? 'migrations';
  if (!commentForm.test(comment))
    throw new UsageError(`--comment is "${comment}"; expected a name of at most 60 letters, digits, blanks and ._/`);
  const given = text('database-url');
  return {
    migrations: list('migrations'),
    form: text('form'),
    base: text('base'),
    databaseUrl: given === null ? null : databaseUrlOf(given, environment),
    extensions: parseExtensions(list('extension')),
    before: text('before'),
    allowsMissing: flag('allow-missing'),
    rows: parseRows(text('rows') ?? usualRows),
    reviewOnly: flag('review-only'),
    strict: flag('strict'),
    statistics: text('statistics'),
    settings: text('settings'),
    sarif: text('sarif'),
    comment: flag('no-comment') ? null : comment,
    help: values.help ?? false,
  };
};
