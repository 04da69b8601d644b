/** Plays GitHub's REST API over HTTP, with the shapes of its documentation: what we send it, and what it answers, page by page. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Sent = {
  readonly method: string;
  readonly path: string;
  readonly token: string | null;
  readonly body: unknown;
};

export type DoubleComment = { id: number; body: string; user: { login: string; type: string }; html_url: string };

export type DoublePull = {
  readonly number: number;
  state: 'open' | 'closed';
  merged: boolean;
  readonly author: string;
  readonly headSha: string;
  readonly headRepo: string;
  files: { filename: string; status: string; sha?: string }[];
  comments: DoubleComment[];
  reviews: { user: { login: string; type: string } | null; state: string; commit_id: string }[];
  commits: { author: { login: string } | null; commit: { author: { name: string; email: string } } }[];
};

/** Commits by their sha, each with all its files; branches by name; `main` is the default one. */
export type DoubleRepository = {
  readonly branches: Map<string, string>;
  readonly commits: Map<
    string,
    { readonly parent: string | null; readonly message: string; files: ReadonlyMap<string, string> }
  >;
  readonly trees: Map<string, ReadonlyMap<string, string>>;
  readonly proposals: {
    number: number;
    state: 'open' | 'closed';
    title: string;
    body: string;
    head: string;
    base: string;
  }[];
};

const newRepository = (): DoubleRepository => ({
  branches: new Map([['main', 'sha0']]),
  commits: new Map([['sha0', { parent: null, message: 'begin', files: new Map() }]]),
  trees: new Map(),
  proposals: [],
});

type Answer = { readonly status: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> };

/** Answers instead of the double, once. */
export type Fault = Answer & { readonly on: RegExp };

export type GitHubDouble = {
  readonly apiUrl: string;
  readonly sent: Sent[];
  readonly pulls: Map<number, DoublePull>;
  /** Of blobs, by their sha. */
  readonly contents: Map<string, Buffer>;
  readonly repository: DoubleRepository;
  /** The user of the token; null: it belongs to an app. */
  login: string | null;
  /** False: every request that writes is answered as GitHub answers a read-only token. */
  mayWrite: boolean;
  readonly faults: Fault[];
};

const notFound: Answer = {
  status: 404,
  body: { message: 'Not Found', documentation_url: 'https://docs.github.com/rest' },
};

const readOnly: Answer = {
  status: 403,
  body: {
    message: 'Resource not accessible by integration',
    documentation_url: 'https://docs.github.com/rest/issues/comments#create-an-issue-comment',
    status: '403',
  },
};

const unprocessable = (message: string): Answer => ({
  status: 422,
  body: {
    message: `Validation Failed`,
    errors: [{ resource: 'IssueComment', code: 'custom', field: 'body', message }],
  },
});

/** A comment has at most so many characters; GitHub says so with 422. */
const longestBody = 65_536;

export const pullOf = (number: number, changes: Partial<DoublePull> = {}): DoublePull => ({
  number,
  state: 'open',
  merged: false,
  author: 'ada',
  headSha: 'a'.repeat(40),
  headRepo: 'acme/shop',
  files: [],
  comments: [],
  reviews: [],
  commits: [],
  ...changes,
});

const pageOf = (all: readonly unknown[], url: URL): Answer => {
  const size = Number(url.searchParams.get('per_page') ?? 30);
  const page = Number(url.searchParams.get('page') ?? 1);
  const last = Math.max(1, Math.ceil(all.length / size));
  const at = (number: number) => {
    const other = new URL(url);
    other.searchParams.set('page', String(number));
    return other.href;
  };
  const links = page < last ? [`<${at(page + 1)}>; rel="next"`, `<${at(last)}>; rel="last"`] : [];
  return {
    status: 200,
    body: all.slice((page - 1) * size, page * size),
    headers: links.length > 0 ? { link: links.join(', ') } : {},
  };
};

const pullBody = (pull: DoublePull) => ({
  number: pull.number,
  html_url: `https://github.com/acme/shop/pull/${pull.number}`,
  state: pull.state,
  merged: pull.merged,
  draft: false,
  title: 'A change',
  user: { login: pull.author, type: 'User' },
  head: { sha: pull.headSha, ref: 'change', repo: { full_name: pull.headRepo } },
  base: { sha: 'b'.repeat(40), ref: 'main', repo: { full_name: 'acme/shop' } },
  requested_reviewers: [],
});

type Route = (
  double: GitHubDouble,
  parts: readonly string[],
  url: URL,
  body: Readonly<Record<string, unknown>>,
) => Answer;

const withPull = (double: GitHubDouble, number: string | undefined, answer: (pull: DoublePull) => Answer): Answer => {
  const pull = double.pulls.get(Number(number));
  return pull ? answer(pull) : notFound;
};

const proposalBody = ({ number, ...rest }: DoubleRepository['proposals'][number]) => ({
  ...rest,
  number,
  html_url: `https://github.com/acme/shop/pull/${number}`,
});

const refBody = (name: string, sha: string): Answer => ({
  status: 200,
  body: { ref: `refs/heads/${name}`, object: { type: 'commit', sha } },
});

/** Branches, commits and pull requests as they are made, by the documentation of "Git database" and "Pulls". */
const repositoryRoutes: readonly (readonly [form: RegExp, route: Route])[] = [
  [/^GET \/repos\/acme\/shop$/, () => ({ status: 200, body: { full_name: 'acme/shop', default_branch: 'main' } })],
  [
    /^GET \/repos\/acme\/shop\/git\/ref\/heads\/(.+)$/,
    ({ repository: { branches } }, [name = '']) => {
      const sha = branches.get(name);
      return sha === undefined ? notFound : refBody(name, sha);
    },
  ],
  [
    /^GET \/repos\/acme\/shop\/contents\/(.+)$/,
    ({ repository: { commits } }, [path = ''], url) => {
      const text = commits.get(url.searchParams.get('ref') ?? '')?.files.get(path);
      return text === undefined
        ? notFound
        : {
            status: 200,
            body: { type: 'file', path, encoding: 'base64', content: Buffer.from(text).toString('base64') },
          };
    },
  ],
  [
    /^GET \/repos\/acme\/shop\/git\/commits\/(\w+)$/,
    ({ repository: { commits, trees } }, [sha = '']) => {
      const commit = commits.get(sha);
      if (!commit) return notFound;
      trees.set(`tree-${sha}`, commit.files);
      return { status: 200, body: { sha, message: commit.message, tree: { sha: `tree-${sha}` } } };
    },
  ],
  [
    /^POST \/repos\/acme\/shop\/git\/trees$/,
    ({ repository: { trees } }, _, __, { base_tree: base, tree }) => {
      const files = new Map(trees.get(String(base)));
      for (const { path, content } of tree as { path: string; content: string }[]) files.set(path, content);
      const sha = `tree${trees.size}`;
      trees.set(sha, files);
      return { status: 201, body: { sha } };
    },
  ],
  [
    /^POST \/repos\/acme\/shop\/git\/commits$/,
    ({ repository: { commits, trees } }, _, __, { message, tree, parents }) => {
      const sha = `sha${commits.size}`;
      const files = trees.get(String(tree)) ?? new Map<string, string>();
      commits.set(sha, { parent: String((parents as string[])[0]), message: String(message), files });
      return { status: 201, body: { sha } };
    },
  ],
  [
    /^POST \/repos\/acme\/shop\/git\/refs$/,
    ({ repository: { branches } }, _, __, { ref, sha }) => {
      const name = String(ref).replace('refs/heads/', '');
      if (branches.has(name)) return unprocessable('Reference already exists');
      branches.set(name, String(sha));
      return { ...refBody(name, String(sha)), status: 201 };
    },
  ],
  [
    /^PATCH \/repos\/acme\/shop\/git\/refs\/heads\/(.+)$/,
    ({ repository: { branches } }, [name = ''], _, { sha, force }) => {
      if (!branches.has(name)) return unprocessable('Reference does not exist');
      if (force !== true) return unprocessable('Update is not a fast forward');
      branches.set(name, String(sha));
      return refBody(name, String(sha));
    },
  ],
  [
    /^GET \/repos\/acme\/shop\/pulls$/,
    ({ repository: { proposals } }, _, url) => {
      const state = url.searchParams.get('state') ?? 'open';
      const found = proposals.filter(
        (one) => `acme:${one.head}` === url.searchParams.get('head') && (state === 'all' || one.state === state),
      );
      return pageOf(found.map(proposalBody), url);
    },
  ],
  [
    /^POST \/repos\/acme\/shop\/pulls$/,
    ({ repository: { proposals } }, _, __, { title, body, head, base }) => {
      const made = {
        number: 100 + proposals.length,
        state: 'open' as const,
        title: String(title),
        body: String(body),
        head: String(head),
        base: String(base),
      };
      proposals.push(made);
      return { status: 201, body: proposalBody(made) };
    },
  ],
];

const routes: readonly (readonly [form: RegExp, route: Route])[] = [
  [/^GET \/user$/, ({ login }) => (login === null ? readOnly : { status: 200, body: { login, type: 'User' } })],
  [
    /^GET \/repos\/acme\/shop\/pulls\/(\d+)$/,
    (double, [number]) => withPull(double, number, (pull) => ({ status: 200, body: pullBody(pull) })),
  ],
  [
    /^GET \/repos\/acme\/shop\/git\/blobs\/(\w+)$/,
    ({ contents }, [sha = '']) => {
      const bytes = contents.get(sha);
      const content = bytes?.toString('base64').replaceAll(/.{60}/g, '$&\n');
      return bytes
        ? { status: 200, body: { sha, size: bytes.length, encoding: 'base64', content, node_id: 'B_1', url: '' } }
        : notFound;
    },
  ],
  [
    /^GET \/repos\/acme\/shop\/pulls\/(\d+)\/files$/,
    (double, [number], url) =>
      withPull(double, number, ({ files }) =>
        pageOf(
          files.map((file) => ({ sha: 'c'.repeat(40), additions: 1, deletions: 0, changes: 1, ...file })),
          url,
        ),
      ),
  ],
  [
    /^GET \/repos\/acme\/shop\/pulls\/(\d+)\/reviews$/,
    (double, [number], url) => withPull(double, number, ({ reviews }) => pageOf(reviews, url)),
  ],
  [
    /^GET \/repos\/acme\/shop\/pulls\/(\d+)\/commits$/,
    (double, [number], url) => withPull(double, number, ({ commits }) => pageOf(commits, url)),
  ],
  [
    /^GET \/repos\/acme\/shop\/issues\/(\d+)\/comments$/,
    (double, [number], url) => withPull(double, number, ({ comments }) => pageOf(comments, url)),
  ],
  [
    /^POST \/repos\/acme\/shop\/issues\/(\d+)\/comments$/,
    (double, [number], _, { body }) =>
      withPull(double, number, ({ comments }) => {
        if (String(body).length > longestBody) return unprocessable('Body is too long (maximum is 65536 characters)');
        const id = 1_000 + comments.length;
        const user =
          double.login === null ? { login: 'github-actions[bot]', type: 'Bot' } : { login: double.login, type: 'User' };
        const comment = {
          id,
          body: String(body),
          user,
          html_url: `https://github.com/acme/shop/pull/${number}#issuecomment-${id}`,
        };
        comments.push(comment);
        return { status: 201, body: comment };
      }),
  ],
  [
    /^PATCH \/repos\/acme\/shop\/issues\/comments\/(\d+)$/,
    (double, [id], _, { body }) => {
      const comment = [...double.pulls.values()]
        .flatMap(({ comments }) => comments)
        .find((one) => one.id === Number(id));
      if (!comment) return notFound;
      if (String(body).length > longestBody) return unprocessable('Body is too long (maximum is 65536 characters)');
      comment.body = String(body);
      return { status: 200, body: comment };
    },
  ],
];

const answerTo = (double: GitHubDouble, { method, path: asked, body }: Sent, url: URL): Answer => {
  const line = `${method} ${asked}`;
  const fault = double.faults.findIndex(({ on }) => on.test(line));
  if (fault >= 0) return double.faults.splice(fault, 1)[0] ?? notFound;
  if (!double.mayWrite && method !== 'GET') return readOnly;
  for (const [form, route] of [...routes, ...repositoryRoutes]) {
    const found = form.exec(line);
    if (found) return route(double, found.slice(1), url, (body ?? {}) as Readonly<Record<string, unknown>>);
  }
  return notFound;
};

const readBody = async (request: IncomingMessage): Promise<unknown> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return text === '' ? null : JSON.parse(text);
};

const send = (response: ServerResponse, { status, body, headers }: Answer) => {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'x-github-request-id': 'ABCD:1234',
    ...headers,
  });
  response.end(body === undefined ? '' : Buffer.isBuffer(body) ? body : JSON.stringify(body));
};

/** Errors of the double itself are answered with 500, and fail the test by that. */
export const withGitHub = async <T>(work: (double: GitHubDouble) => Promise<T>): Promise<T> => {
  const server = createServer((request, response) => {
    void (async () => {
      const url = new URL(request.url ?? '/', double.apiUrl);
      const [, token = null] = /^(?:token|bearer) (.+)$/i.exec(request.headers.authorization ?? '') ?? [];
      const sent = {
        method: request.method ?? '',
        path: decodeURIComponent(url.pathname),
        token,
        body: await readBody(request),
      };
      double.sent.push(sent);
      send(response, answerTo(double, sent, url));
    })().catch((error: Error) => send(response, { status: 500, body: { message: error.message } }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const double: GitHubDouble = {
    apiUrl: `http://127.0.0.1:${port}`,
    sent: [],
    pulls: new Map(),
    contents: new Map(),
    repository: newRepository(),
    login: null,
    mayWrite: true,
    faults: [],
  };
  try {
    return await work(double);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
};
