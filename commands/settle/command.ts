/** `npm run settle`: a person says what became of a version, and the catalog is asked before it is believed. */
import '#command-line/require-node';
import { indentRest, parseCommandLine, runCommand, say } from '#command-line/command';
import { exitCodes, UsageError } from '#command-line/exit-codes';
import type { SettledAs } from '#domain/ledger/settlement';
import { stateInWords } from '#domain/ledger/states';
import { isKnown, withKnownTarget } from '#local/known-target';
import { settleVersion } from '#local/settle';

const usage = `Settles a version that stands unresolved, so that the next migration may run. What you say is compared with the catalog before it
is believed, and written into the ledger and into the decision log, docs/decisions.md.

  npm run settle -- 002 --as rolled-back --by ada@example.org --because "dropped the view, then ran its rollback by hand"
  npm run settle -- 002 --as standing --by ada@example.org --because "the alarm was a backup's"

Options
  --as standing|rolled-back   what holds: its schema stands, or the schema is the one from before it
  --by NAME                   who says so
  --because TEXT              why
  --migrations DIR            where the migrations are (default: migrations)
  --database-url URL          the target instead of the embedded one; a Neon branch by its direct address
  --documents DIR             where the decision log is, as for npm start (default: .local/documents)
  --without-comparison        believe it although the catalog differs or nothing was recorded to compare with; recorded
  --its-run-has-ended         the run that still holds the target has ended, and nothing of it is at work; recorded
  --help                      this text

Exit codes: 0 settled, 1 the catalog is not as you say, or the target did not answer, 2 what was given is wrong.`;

const parseAs = (text: string | undefined): SettledAs => {
  if (text === 'standing' || text === 'rolled-back') return text;
  throw new UsageError(`--as is ${text === undefined ? 'missing' : `"${text}"`}; expected standing or rolled-back`);
};

const requireWords = (name: string, text: string | undefined): string => {
  const words = text?.replaceAll(/\s+/g, ' ').trim() ?? '';
  if (words === '')
    throw new UsageError(`--${name} is missing or empty; it is kept in the ledger and in the decision log`);
  return words;
};

const main = async (): Promise<number> => {
  const { values, positionals } = parseCommandLine('npm run settle', {
    options: {
      as: { type: 'string' },
      by: { type: 'string' },
      because: { type: 'string' },
      migrations: { type: 'string', default: 'migrations' },
      'database-url': { type: 'string' },
      documents: { type: 'string' },
      'without-comparison': { type: 'boolean', default: false },
      'its-run-has-ended': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  if (values.help) {
    say(usage);
    return exitCodes.done;
  }
  const [version, ...others] = positionals;
  if (version === undefined || others.length > 0)
    throw new UsageError(`expected one version, got ${positionals.length}; npm run status lists them`);
  const claim = {
    version,
    as: parseAs(values.as),
    by: requireWords('by', values.by),
    because: requireWords('because', values.because),
    isUncompared: values['without-comparison'],
    hasEnded: values['its-run-has-ended'],
  };
  const place = {
    migrations: values.migrations,
    databaseUrl: values['database-url'] ?? null,
    documents: values.documents ?? null,
  };
  if (!isKnown(place))
    throw new UsageError(
      `nothing was started here yet; name the folder with --migrations or the target with --database-url`,
    );
  return withKnownTarget(place, async (known) => {
    const { version: settled, record } = await settleVersion(known, claim);
    say(indentRest(`✓ ${stateInWords(settled.migration, settled.runId, record)}`));
    return exitCodes.done;
  });
};

runCommand(main);
