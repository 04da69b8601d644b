/** `npm run pull-request`: what a pull request's migrations would do, as one comment on it. */
import '#command-line/require-node';
import '#command-line/compile-little';
import { randomUUID } from 'node:crypto';
import { appendFile, writeFile } from 'node:fs/promises';
import { runCommand, say, warn } from '#command-line/command';
import { exitCodeOf, exitCodes } from '#command-line/exit-codes';
import { withInterruption } from '#command-line/interruption';
import { openWaitingLine } from '#command-line/waiting-line';
import { annotation } from '#domain/review/formats/github';
import { sarif } from '#domain/review/formats/sarif';
import { countOf } from '#domain/review/review-migration';
import { annotationsOf, mostOfAKind } from '#local/pull-request/annotations';
import { readRoot } from '#local/pull-request/changed-files';
import { readChangedMigrations } from '#local/pull-request/changed-migrations';
import { markerOf, mostInComment, mostInSummary, nothingChanged, renderComment } from '#local/pull-request/comment';
import type { CommentLinks } from '#local/pull-request/comment-section';
import { withoutEmptyDatabase } from '#local/pull-request/database';
import { examineFolder } from '#local/pull-request/examine';
import { findChanges } from '#local/pull-request/find-changes';
import { keepOrSay } from '#local/pull-request/keep-comment';
import { renderLog } from '#local/pull-request/log';
import { isReportFine, migrationsOf, type PullRequestReport } from '#local/pull-request/report';
import { readWorkflowRun, type WorkflowRun } from '#local/pull-request/workflow-run';
import { readBefore } from '#local/rehearsal/read-before';
import { readReviewGround } from '#local/review-ground';
import { type PullRequestOptions, parsePullRequestOptions, pullRequestHelp } from './options';

/** Secrets leave the environment before anything is started that inherits it: a migration's SQL could read it there. */
const takeSecrets = ({ databaseUrl }: PullRequestOptions): { readonly token: string | null } => {
  const token = process.env['GITHUB_TOKEN']?.trim() || null;
  // Whatever the variable is called in which the URL lay.
  const urls = Object.keys(process.env).filter(
    (name) => databaseUrl !== null && process.env[name]?.trim() === databaseUrl,
  );
  for (const name of ['GITHUB_TOKEN', 'DATABASE_URL', 'INPUT_DATABASE_URL', ...urls]) delete process.env[name];
  return { token };
};

/** The SQL of strangers runs in the rehearsal; there it must find neither secrets nor a token that may write. */
const whyNoRehearsal = (options: PullRequestOptions, { eventName, pullRequest }: WorkflowRun): string | null => {
  if (options.reviewOnly) return 'only the review was asked for';
  return eventName === 'pull_request_target' && pullRequest?.isFromFork
    ? 'the event is pull_request_target, which gives the secrets of the repository to the change of a fork; use pull_request'
    : null;
};

const linksOf = ({ serverUrl, repository, pullRequest }: WorkflowRun): CommentLinks => {
  const pages = process.env['RULE_PAGES'] ?? '';
  return {
    files:
      repository && pullRequest
        ? `${serverUrl}/${repository.owner}/${repository.repo}/blob/${pullRequest.headSha}`
        : null,
    rules: /^https?:\/\/[^/]+\/[^/]+\/[^/]+\/blob\/[^/]+\//.test(pages) ? pages : null,
  };
};

const examine = async (
  options: PullRequestOptions,
  run: WorkflowRun,
  changes: Awaited<ReturnType<typeof findChanges>>,
) => {
  const root = await readRoot();
  const { folders, ...others } = await readChangedMigrations(changes.files, {
    root,
    named: options.migrations,
    form: options.form,
  });
  const ground = withoutEmptyDatabase(await readReviewGround(options));
  const [before, withoutRehearsal] = [await readBefore(options.before), whyNoRehearsal(options, run)];
  const waitingLine = openWaitingLine(process.stderr);
  try {
    return await withInterruption(async (interrupted): Promise<PullRequestReport> => {
      const reported = [];
      for (const folder of folders)
        reported.push(
          await examineFolder(folder, {
            ...options,
            ...{ ground, before, withoutRehearsal, interrupted, onStart: (name) => waitingLine.begin(name) },
          }),
        );
      return { ...options, ...others, isStrict: options.strict, folders: reported, remarks: [changes.remark] };
    });
  } finally {
    waitingLine.end();
  }
};

/** Whatever is in the log, no line of it is a command to the runner. */
const sayLog = (text: string, { isWorkflow }: WorkflowRun) => {
  const token = randomUUID();
  say(isWorkflow ? `::stop-commands::${token}\n${text}\n::${token}::` : text);
};

const append = async (file: string | null, text: string) => {
  if (file !== null) await appendFile(file, text);
};

const sayAnnotations = (report: PullRequestReport) => {
  const { text, leftOut } = annotationsOf(report);
  if (text !== '') say(text);
  if (leftOut > 0)
    say(
      annotation(
        'notice',
        { title: 'migration-checklist' },
        `${leftOut} more findings: GitHub shows ${mostOfAKind} errors and ${mostOfAKind} warnings of a step. The summary of the step and its log have them all.`,
      ),
    );
};

const outputsOf = (report: PullRequestReport, commentUrl: string | null): string => {
  const reviews = migrationsOf(report).map(({ review }) => review);
  return [
    `result=${isReportFine(report) ? 'ok' : 'failed'}`,
    `migrations=${reviews.length}`,
    `stop=${countOf('stop', reviews)}`,
    `warn=${countOf('warn', reviews)}`,
    `comment-url=${commentUrl === null ? '' : new URL(commentUrl).href}`,
    '',
  ].join('\n');
};

const pullRequest = async (options: PullRequestOptions, run: WorkflowRun, token: string | null): Promise<number> => {
  const pull = run.repository && run.pullRequest ? { ...run.repository, number: run.pullRequest.number } : null;
  // Loaded only where a code host is asked.
  const connect = async () => (await import('#adapters/github/connect')).connectGitHub({ apiUrl: run.apiUrl, token });
  const changes = await findChanges({ base: options.base, eventBase: run.base, pull, connect });
  const report = await examine(options, run, changes);
  const reviews = migrationsOf(report).map(({ review }) => review);
  const isNothing = reviews.length === 0 && report.unreadable.length === 0;
  if (options.sarif !== null)
    await writeFile(options.sarif, sarif({ reviews, prefix: '', showsNotes: true, pages: linksOf(run).rules }));

  const [links, marker] = [linksOf(run), markerOf(options.comment ?? 'migrations')];
  const rendered = (said: PullRequestReport, most: number) =>
    isNothing ? nothingChanged(marker) : renderComment(said, { marker, links, most });
  const kept =
    pull === null || options.comment === null
      ? { comment: null, remark: null }
      : await keepOrSay({ pull, connect, marker, body: rendered(report, mostInComment), onlyIfThere: isNothing });
  const said = kept.remark === null ? report : { ...report, remarks: [...report.remarks, kept.remark] };
  if (!isNothing) await append(run.summaryFile, rendered(said, mostInSummary));
  await append(run.outputFile, outputsOf(report, kept.comment?.url ?? null));
  sayLog(renderLog(said), run);
  if (run.isWorkflow) sayAnnotations(report);
  if (kept.comment) say(`the comment was ${kept.comment.became}: ${kept.comment.url}`);
  return isReportFine(report) ? exitCodes.done : exitCodes.failed;
};

const main = async (): Promise<number> => {
  const options = parsePullRequestOptions(process.argv.slice(2), process.env);
  if (options.help) {
    say(pullRequestHelp);
    return exitCodes.done;
  }
  const { token } = takeSecrets(options);
  const run = await readWorkflowRun(process.env);
  try {
    return await pullRequest(options, run, token);
  } catch (error) {
    if (!run.isWorkflow) throw error;
    // On one line: an error's words may come from a file, and a line of them could be a command to the runner.
    warn(annotation('error', { title: 'migration-checklist' }, (error as Error).message));
    return exitCodeOf(error as Error);
  }
};

runCommand(main);
