/** The command line of `npm start`. */
import { parseCommandLine } from '#command-line/command';
import { UsageError } from '#command-line/exit-codes';
import { addressIn, differentPeople } from '#domain/approvals/person';
import { noPullRequest, pullRequestIn } from '#domain/approvals/pull-request';
import { type ConfiguredStage, configuredStages } from '#domain/approvals/stages';
import { formNamed } from '#domain/folders/all-forms';
import type { RunOptions } from '#local/run-options';

export const helpText = `Takes database migrations through the 16-step checklist, on this machine.

  npm start                                   every pending migration in migrations/, in order
  npm start -- 001_create_jobs.sql            one migration
  npm start -- --yes --monitor 2s             a quick look: approvals are answered for you

Options
  --yes                   answer each approval through the mailed link and code, as a person would; local only
  --migrations DIR        where the migrations are (default: migrations)
  --form FORM             in which form they are, where the folder shows several or none: goose, dbmate, pairs, prisma …
  --database-url URL      your own PostgreSQL server, marked as staging, instead of the embedded one; or the name of a
                          variable that holds the URL: --database-url DATABASE_URL
  --out DIR               where the reports go, a folder per run (default: .local/reports)
  --documents DIR         where the decision log, the schema page and incident reports go, such as the project's own folder
                          (default: .local/documents)
  --documents-repository OWNER/NAME
                          propose the decision log and the schema page as a pull request there too, with GITHUB_TOKEN
  --statistics FILE       how large production's tables are, as npm run statistics writes it (default:
                          production-statistics.json beside the migrations, if it is there)
  --longest-wait DURATION how long others may have to wait for a lock: 500ms, 1s, 1m (default: 1s)
  --monitor DURATION      how long the target is watched after apply: 2s, 10m, 24h (default: 10s)
  --approval-timeout DUR  how long an approval may take before it expires (default: 24h)
  --port N                the port of the pages on 127.0.0.1 (default: 4600)
  --approver ADDRESS      who is asked; repeatable (default: approver@localhost)
  --approvals-needed N    how many different people must approve; for one stage: apply=2; repeatable (default: 1)
  --on-call ADDRESS       who may approve a rollback alone, though more are needed; repeatable (default: nobody)
  --keep-backups DAYS     take away the bytes of this target's older backups once a newer one was compared (default: kept for ever)
  --started-by ADDRESS    who starts the run and therefore cannot approve it alone (default: you, at localhost)
  --author ADDRESS        who wrote the change, such as the pull request's author: cannot approve it alone either
  --pull-request URL      where the change was reviewed: with GITHUB_TOKEN the code host is asked and proves box 1.1, without it
                          approvers attest to it; it stays open without a pull request
  --help                  this text

Example
  npm start -- --migrations ../shop/migrations --approver ada@example.org --monitor 10m

Exit codes: 0 all signed off or settled, 1 a run failed or was refused, or a version stands (npm run status), 2 what was given is wrong, 130 after Ctrl-C.
State is kept in .local/ below the current folder; the same command continues where a killed one stopped.`;

const secondsPerUnit: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

const parseDuration = (name: string, text: string): number => {
  const match = /^(\d+(?:\.\d+)?)([smh])$/.exec(text);
  const seconds = match ? Number(match[1]) * (secondsPerUnit[match[2] ?? ''] ?? 0) : 0;
  // Whole seconds, because they become a timeout of the workflow, which takes no fractions.
  if (seconds <= 0 || !Number.isInteger(seconds))
    throw new UsageError(`--${name} is "${text}"; expected a duration in whole seconds such as 2s, 10m or 24h`);
  return seconds;
};

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };

/** 10 min, as in the configuration of an installation. */
const longestWaitMs = 600_000;

const parseWait = (text: string): number => {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text) ?? [];
  const milliseconds = Math.round(Number(number) * (unitMs[unit] ?? 0));
  if (milliseconds >= 10 && milliseconds <= longestWaitMs) return milliseconds;
  throw new UsageError(`--longest-wait is "${text}"; expected a duration from 10ms to 10m such as 500ms, 1s or 1m`);
};

const parsePort = (text: string): number => {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535)
    throw new UsageError(`--port is "${text}"; expected a number from 0 (any free port) to 65535`);
  return port;
};

/** 0 keeps them for ever, as in an installation's configuration. */
const parseKeepDays = (text: string): number | null => {
  const days = Number(text);
  if (!/^\d+$/.test(text) || days > longestKeepDays)
    throw new UsageError(
      `--keep-backups is "${text}"; expected a number of days from 0 (for ever) to ${longestKeepDays}`,
    );
  return days === 0 ? null : days;
};

const parseAddress = (name: string, text: string): string => {
  const address = addressIn(text);
  if (address === null) throw new UsageError(`--${name} is "${text}"; expected a mail address such as ada@example.org`);
  return address;
};

const parsePullRequest = (text: string): string => {
  const address = pullRequestIn(text);
  if (address === null) throw new UsageError(noPullRequest('--pull-request'));
  return address;
};

const parseRepository = (text: string): string => {
  if (/^[A-Za-z0-9][\w-]*\/(?!\.+$)[\w.-]+$/.test(text)) return text;
  throw new UsageError(`--documents-repository is "${text}"; expected a repository such as acme/shop`);
};

/** `2` is for every stage, `apply=2` for one; the last one counts. */
const parseApprovalsNeeded = (texts: readonly string[], people: number): Readonly<Record<ConfiguredStage, number>> => {
  const needed: Record<ConfiguredStage, number> = { review: 1, apply: 1, rollback: 1 };
  for (const text of texts) {
    const [, name, number] = /^(?:(\w+)=)?([1-9]\d?)$/.exec(text) ?? [];
    const named = configuredStages.filter((stage) => name === undefined || name === stage);
    if (number === undefined || named.length === 0)
      throw new UsageError(
        `--approvals-needed is "${text}"; expected a number of people such as 2, or one for a stage such as apply=2 (${configuredStages.join(', ')})`,
      );
    if (Number(number) > people)
      throw new UsageError(
        `--approvals-needed is "${text}", and --approver names ${people === 1 ? 'one person' : `${people} different people`}; name more, or need fewer`,
      );
    for (const stage of named) needed[stage] = Number(number);
  }
  return needed;
};

const requireText = (name: string, text: string): string => {
  if (text.trim() === '') throw new UsageError(`--${name} is empty; name one, or leave the option out`);
  return text;
};

const defaultApprovers: string[] = ['approver@localhost'];

const noTexts: string[] = [];

export const runDefinitions = {
  yes: { type: 'boolean', default: false },
  migrations: { type: 'string', default: 'migrations' },
  form: { type: 'string' },
  'database-url': { type: 'string' },
  out: { type: 'string', default: '.local/reports' },
  monitor: { type: 'string', default: '10s' },
  'approval-timeout': { type: 'string', default: '24h' },
  port: { type: 'string', default: '4600' },
  approver: { type: 'string', multiple: true, default: defaultApprovers },
  'approvals-needed': { type: 'string', multiple: true, default: noTexts },
  'on-call': { type: 'string', multiple: true, default: noTexts },
  'keep-backups': { type: 'string', default: '0' },
  'started-by': { type: 'string' },
  author: { type: 'string' },
  'pull-request': { type: 'string' },
  statistics: { type: 'string' },
  documents: { type: 'string' },
  'documents-repository': { type: 'string' },
  'longest-wait': { type: 'string', default: '1s' },
  help: { type: 'boolean', default: false },
} as const;

/** The checklist's longest window. */
const longestMonitorSeconds = 48 * 3600;

/** 30 days: beyond that the run's backup and branch are too old to trust. */
const longestApprovalSeconds = 30 * 24 * 3600;

/** As in an installation's configuration. */
const longestKeepDays = 3_650;

type Values = ReturnType<typeof parseCommandLine<{ options: typeof runDefinitions }>>['values'];

/** Errors: UsageError. */
export const optionsFrom = (values: Values, migration: string | null): RunOptions => {
  const monitorSeconds = parseDuration('monitor', values.monitor);
  if (monitorSeconds > longestMonitorSeconds)
    throw new UsageError(`--monitor is "${values.monitor}"; the longest window is 48h`);
  const approvalTimeoutSeconds = parseDuration('approval-timeout', values['approval-timeout']);
  if (approvalTimeoutSeconds > longestApprovalSeconds)
    throw new UsageError(`--approval-timeout is "${values['approval-timeout']}"; the longest is 720h`);
  const approvers = values.approver.map((address) => parseAddress('approver', address));
  return {
    migration,
    yes: values.yes,
    migrations: requireText('migrations', values.migrations),
    form: values.form === undefined ? null : formNamed(requireText('form', values.form)).id,
    databaseUrl: values['database-url'] === undefined ? null : requireText('database-url', values['database-url']),
    out: requireText('out', values.out),
    monitorSeconds,
    approvalTimeoutSeconds,
    port: parsePort(values.port),
    approvers,
    approvalsNeeded: parseApprovalsNeeded(values['approvals-needed'], differentPeople(approvers).length),
    onCall: differentPeople(values['on-call'].map((address) => parseAddress('on-call', address))),
    backupKeepDays: parseKeepDays(values['keep-backups']),
    startedBy: values['started-by'] === undefined ? null : parseAddress('started-by', values['started-by']),
    author: values.author === undefined ? null : parseAddress('author', values.author),
    pullRequest: values['pull-request'] === undefined ? null : parsePullRequest(values['pull-request']),
    statistics: values.statistics === undefined ? null : requireText('statistics', values.statistics),
    documents: values.documents === undefined ? null : requireText('documents', values.documents),
    documentsRepository:
      values['documents-repository'] === undefined ? null : parseRepository(values['documents-repository']),
    longestBlockingMs: parseWait(values['longest-wait']),
    help: values.help,
  };
};

/** Errors: UsageError. */
export const parseOptions = (args: readonly string[]): RunOptions => {
  const { values, positionals } = parseCommandLine('npm start', {
    args: [...args],
    options: runDefinitions,
    allowPositionals: true,
  });
  if (positionals.length > 1)
    throw new UsageError(
      `${positionals.length} migrations were named (${positionals.join(', ')}); name one, or none for all`,
    );
  return optionsFrom(values, positionals[0] ?? null);
};
