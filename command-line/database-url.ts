/** Where `--database-url` comes from: the command line, or a variable of the environment whose name is given; and its password. */
import { readFileSync, statSync } from 'node:fs';
import { getFileName, match, parseLine, usePgPass } from 'pgpass/lib/helper';
import { UsageError } from './exit-codes';

type Environment = Readonly<Record<string, string | undefined>>;

const variable = /^[A-Za-z_]\w*$/;

/**
 * `DATABASE_URL` is the value of that variable, `postgresql://…` is itself. A variable that was not named is never taken: what it
 * points to was not given to us. Errors: UsageError.
 */
export const databaseUrlOf = (value: string, environment: Environment, option = '--database-url'): string => {
  if (!variable.test(value)) return value;
  const found = environment[value];
  if (found) return found;
  throw new UsageError(
    `${option} is "${value}", and the environment has no variable ${value}; expected the name of a variable with the URL in it, or postgresql://role@host:5432/database`,
  );
};

/** libpq's password file; null where there is none, where it has no such line, or where others may read it (then a warning is printed). */
const passwordFromFile = ({ hostname, port, pathname, username }: URL, environment: Environment): string | null => {
  const file = getFileName(environment);
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!stats || !usePgPass(stats, file)) return null;
  const wanted = {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port || 5432),
    database: decodeURIComponent(pathname.slice(1)),
    user: decodeURIComponent(username),
  };
  for (const line of readFileSync(file, 'utf8').split(/\r?\n/)) {
    const entry = parseLine(line);
    if (entry && match(wanted, entry)) return entry.password;
  }
  return null;
};

/** As psql takes it: PGPASSWORD, then the password file. A URL that has a password, or that cannot be read, stays as it is. */
export const withPassword = (url: string, environment: Environment): string => {
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url) || /%(?![0-9a-f]{2})/i.test(url)) return url;
  const parsed = new URL(url);
  if (parsed.password !== '' || parsed.username === '' || parsed.hostname === '') return url;
  const password = environment['PGPASSWORD'] || passwordFromFile(parsed, environment);
  if (!password) return url;
  parsed.password = encodeURIComponent(password);
  return parsed.href;
};

/** Other users of a machine see the arguments of every process. Null when nothing is to be said. */
export const warningAbout = (value: string): string | null =>
  /^postgres(ql)?:\/\/[^/?#]*:[^/?#]+@/.test(value)
    ? 'the URL on the command line has a password in it, which others on this machine can read and the shell remembers; put the URL into a variable and name that, --database-url DATABASE_URL, or leave the password out: PGPASSWORD and ~/.pgpass are read'
    : null;
