/** What GitHub's runner tells a step: repository, pull request, and the files that take what the step says. */
import { readFile } from 'node:fs/promises';
import { InvalidInput } from '#domain/errors';

export type Environment = Readonly<Record<string, string | undefined>>;

export type EventPullRequest = {
  readonly number: number;
  readonly headSha: string;
  readonly baseSha: string;
  /** True when the change comes from another repository, whose people need not be the team's. */
  readonly isFromFork: boolean;
};

export type WorkflowRun = {
  /** `owner/name`; null outside of a workflow. */
  readonly repository: { readonly owner: string; readonly repo: string } | null;
  readonly apiUrl: string;
  readonly serverUrl: string;
  readonly eventName: string;
  readonly pullRequest: EventPullRequest | null;
  /** What the event itself compares with; null where it does not say. */
  readonly base: string | null;
  /** True where annotations are read from what is printed. */
  readonly isWorkflow: boolean;
  readonly outputFile: string | null;
  readonly summaryFile: string | null;
};

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

const readEvent = async (file: string | undefined): Promise<Fields> => {
  if (!file) return {};
  try {
    return fieldsOf(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    throw new InvalidInput(
      `GITHUB_EVENT_PATH is ${file}, which cannot be read (${(cause as Error).message}); expected the event as GitHub's runner writes it`,
      { cause },
    );
  }
};

const pullRequestIn = (event: Fields): EventPullRequest | null => {
  const pull = fieldsOf(event['pull_request']);
  const [head, base] = [fieldsOf(pull['head']), fieldsOf(pull['base'])];
  const { number } = pull;
  if (typeof number !== 'number') return null;
  const repositoryOf = (side: Fields) => textOf(fieldsOf(side['repo'])['full_name']);
  return {
    number,
    headSha: textOf(head['sha']) ?? '',
    baseSha: textOf(base['sha']) ?? '',
    // A fork that was deleted since has no repository any more.
    isFromFork: repositoryOf(head) !== repositoryOf(base),
  };
};

/** The first commit of a branch has nothing before it. */
const isCommit = (sha: string | null): sha is string => sha !== null && !/^0+$/.test(sha);

const baseIn = (event: Fields, pull: EventPullRequest | null): string | null => {
  const named = [pull?.baseSha ?? null, textOf(fieldsOf(event['merge_group'])['base_sha']), textOf(event['before'])];
  return named.find(isCommit) ?? null;
};

const repositoryIn = (named: string | undefined): WorkflowRun['repository'] => {
  const [, owner, repo] = /^([\w.-]+)\/([\w.-]+)$/.exec(named ?? '') ?? [];
  return owner && repo ? { owner, repo } : null;
};

/** Errors: InvalidInput for an event that cannot be read. */
export const readWorkflowRun = async (environment: Environment): Promise<WorkflowRun> => {
  const event = await readEvent(environment['GITHUB_EVENT_PATH']);
  const pullRequest = pullRequestIn(event);
  return {
    repository: repositoryIn(environment['GITHUB_REPOSITORY']),
    apiUrl: environment['GITHUB_API_URL'] || 'https://api.github.com',
    serverUrl: environment['GITHUB_SERVER_URL'] || 'https://github.com',
    eventName: environment['GITHUB_EVENT_NAME'] ?? '',
    pullRequest,
    base: baseIn(event, pullRequest),
    isWorkflow: environment['GITHUB_ACTIONS'] === 'true',
    outputFile: environment['GITHUB_OUTPUT'] || null,
    summaryFile: environment['GITHUB_STEP_SUMMARY'] || null,
  };
};
