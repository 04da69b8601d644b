/** GitHub, or a GitHub Enterprise Server, by @octokit/rest. */
import { Octokit } from '@octokit/rest';
import { onOneLine } from '#domain/text/visible';
import { version } from '#lambdas/version';
import { GitHubFailed } from './failed';
import { createGitHubFetch, type GitHubPatience, standardPatience } from './github-fetch';

export type GitHubAccess = {
  /** `https://api.github.com`, or `https://<host>/api/v3`. */
  readonly apiUrl: string;
  /** Null asks as nobody: what is public can be read, nothing can be written. */
  readonly token: string | null;
  readonly patience?: GitHubPatience;
};

type Answered = {
  readonly status?: unknown;
  readonly message?: unknown;
  readonly response?: { readonly data?: unknown };
  readonly request?: { readonly method?: unknown; readonly url?: unknown };
  readonly cause?: unknown;
};

/** The path alone: a query may hold what is nobody's business. */
const pathOf = (url: unknown) => (typeof url === 'string' && URL.canParse(url) ? new URL(url).pathname : '');

const saidIn = ({ response, message }: Answered): string => {
  const data = response?.data as { readonly message?: unknown } | undefined;
  return onOneLine(String(typeof data?.message === 'string' ? data.message : (message ?? ''))).slice(0, 300);
};

const failureOf = (error: unknown): GitHubFailed => {
  const answered = error as Answered;
  const { status, request, response } = answered;
  const asked = `${String(request?.method ?? 'a request')} ${pathOf(request?.url)}`.trim();
  if (typeof status === 'number' && response)
    return new GitHubFailed(`GitHub answered ${status} to ${asked}: ${saidIn(answered)}`, status);
  const cause = (error as Error).cause as Error | undefined;
  return new GitHubFailed(`GitHub did not answer ${asked}: ${onOneLine(cause?.message || saidIn(answered))}`, null);
};

/** Errors of every call: GitHubFailed. */
export const connectGitHub = ({ apiUrl, token, patience = standardPatience }: GitHubAccess): Octokit => {
  const octokit = new Octokit({
    baseUrl: apiUrl,
    userAgent: `migration-checklist/${version}`,
    ...(token !== null && { auth: token }),
    request: { fetch: createGitHubFetch(patience) },
    // It would print to standard output, which is the command's own.
    log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
  });
  octokit.hook.error('request', (error) => {
    throw failureOf(error);
  });
  return octokit;
};
