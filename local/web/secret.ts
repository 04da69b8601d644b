/**
 * Who may see the pages: everybody on this machine reaches 127.0.0.1, so an address alone is no login. Each start makes a secret;
 * the printed address brings it once, and a cookie keeps it.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { html } from '#domain/html/html';
import { pageHeaders, renderPage } from '#domain/html/page';
import { sha256Of } from '#domain/sha256';
import type { HttpResponse } from '#lambdas/runtime/http';

/** 256 bits, url-safe. */
export const makeSecret = (): string => randomBytes(32).toString('base64url');

const secretFile = 'pages-secret';
const addressFile = 'pages-address';

/**
 * Puts the secret where only its owner reads it, for the AWS CLI and for decisions from the terminal, and the address beside it;
 * returns how to remove both.
 */
export const keepSecret = async (stateDirectory: string, secret: string, url = ''): Promise<() => Promise<void>> => {
  await mkdir(stateDirectory, { recursive: true });
  const kept = { [secretFile]: secret, [addressFile]: url };
  for (const [name, text] of Object.entries(kept)) {
    // Made anew, because a file keeps the rights it was made with.
    await rm(join(stateDirectory, name), { force: true });
    await writeFile(join(stateDirectory, name), `${text}\n`, { mode: 0o600, flag: 'wx' });
  }
  return async () => {
    for (const name of Object.keys(kept)) await rm(join(stateDirectory, name), { force: true });
  };
};

/** What `keepSecret` has put there; null where nothing runs. */
export const readKeptSecret = async (
  stateDirectory: string,
): Promise<{ readonly secret: string; readonly url: string } | null> => {
  const read = async (name: string) => (await readFile(join(stateDirectory, name), 'utf8')).trim();
  try {
    return { secret: await read(secretFile), url: await read(addressFile) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
};

/** The address that a person opens first. */
export const addressWith = (secret: string, url: string): string => `${url}/?key=${secret}`;

const isSame = (given: string, secret: string) =>
  timingSafeEqual(Buffer.from(sha256Of(given), 'hex'), Buffer.from(sha256Of(secret), 'hex'));

/**
 * True for a program that has read the secret, as only the owner of its file can. A header, because a browser sends none by itself,
 * whatever page it shows.
 */
export const hasSecret = ({ headers: { authorization = '' } }: IncomingMessage, secret: string): boolean =>
  isSame(authorization, `Bearer ${secret}`);

/** Cookies of one machine go to every port: each server has a name of its own. */
const cookieName = (port: number) => `pages-${port}`;

const cookieIn = ({ headers: { cookie = '' } }: IncomingMessage, name: string): string =>
  cookie
    .split(';')
    .map((part) => part.trim())
    .find((part) => part.startsWith(`${name}=`))
    ?.slice(name.length + 1) ?? '';

/** An approver's link is a secret of its own, and leads to nothing else. */
const isApproval = (path: string) => /^\/approvals\/[^/]*$/.test(path);

/** A path of this server and nothing else: two slashes, or one and a backslash, would name another host. */
const withoutKey = (path: string, query: URLSearchParams): string => {
  const rest = new URLSearchParams([...query].filter(([name]) => name !== 'key')).toString();
  return `/${path.replace(/^[^/]*/, '').replace(/^[/\\]+/, '')}${rest === '' ? '' : `?${rest}`}`;
};

const unknownVisitor = (): HttpResponse => ({
  status: 401,
  headers: pageHeaders(),
  body: renderPage({
    title: 'Open the printed address',
    body: html`<h1>Open the printed address</h1>
<p>These pages belong to whoever started the program. Open the address that it has printed after “pages:”; it holds a secret that is made anew at each start.</p>
<p>An approver needs none: the link in the mail is enough.</p>`,
  }),
});

/** Null when the request may be answered. The right key is exchanged for a cookie, so that it stays in no address. */
export const askForSecret = (request: IncomingMessage, secret: string, port: number): HttpResponse | null => {
  const [path = '', ...rest] = (request.url ?? '/').split('?');
  const query = new URLSearchParams(rest.join('?'));
  const key = query.get('key');
  if (key !== null && isSame(key, secret))
    return {
      status: 303,
      headers: {
        ...pageHeaders(),
        location: withoutKey(path, query),
        'set-cookie': `${cookieName(port)}=${secret}; Path=/; HttpOnly; SameSite=Strict`,
      },
      body: '',
    };
  if (isApproval(path) || isSame(cookieIn(request, cookieName(port)), secret)) return null;
  return unknownVisitor();
};
