/** `npm run pages`: runs, reports and mails of this machine, to look at while nothing runs. */
import '#command-line/require-node';
import path from 'node:path';
import { parseCommandLine, runCommand, say, warn } from '#command-line/command';
import { exitCodes, UsageError } from '#command-line/exit-codes';
import { withInterruption } from '#command-line/interruption';
import { count } from '#domain/count';
import { listStateDirectories } from '#local/state-directory';
import { addressWith, makeSecret } from '#local/web/secret';
import { openWebServer } from '#local/web/server';
import { openStoredSite } from '#local/web/stored-site';

const usage = `Shows runs, reports and mails of this machine as pages, also when nothing runs. Nothing can be decided on them.

  npm run pages                     of all projects below .local
  npm run pages -- .local           of the samples alone; several folders can be named

Options
  --port N     the port on 127.0.0.1 (default: 4600; 0 takes any free one)
  --help       this text

The printed address holds a secret that is made anew at each start. Ctrl-C ends it.

Exit codes: 130 after Ctrl-C, 1 the port is taken, 2 what was given is wrong.`;

const parsePort = (text: string): number => {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new UsageError(`--port is "${text}"; expected a number from 0 (any free port) to 65535`);
};

const foldersIn = (named: readonly string[]): readonly string[] => {
  const there = listStateDirectories();
  if (there.length === 0) throw new UsageError('there is no run below .local in this folder; npm start makes one');
  const unknown = named.find((folder) => !there.includes(path.normalize(folder).replace(/\/$/, '')));
  if (unknown !== undefined)
    throw new UsageError(`there is no run in "${unknown}"; there are runs in ${there.join(', ')}`);
  return named.length === 0 ? there : named.map((folder) => path.normalize(folder).replace(/\/$/, ''));
};

const main = async (): Promise<number> => {
  const { values, positionals } = parseCommandLine('npm run pages', {
    options: { port: { type: 'string', default: '4600' }, help: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  if (values.help) {
    say(usage);
    return exitCodes.done;
  }
  const port = parsePort(values.port);
  const projects = foldersIn(positionals).map((name) => ({ name, stateDirectory: path.resolve(name) }));
  return withInterruption(async (interrupted) => {
    const secret = makeSecret();
    const server = await openWebServer({ port, secret, log: warn });
    try {
      server.serve(openStoredSite(projects));
      say(`${count(projects.length, 'project')}: ${projects.map(({ name }) => name).join(', ')}`);
      say(`  pages:  ${addressWith(secret, server.url)}`);
      return await interrupted;
    } finally {
      await server.close();
    }
  });
};

runCommand(main);
