/** Reads the URL of a database, as `--database-url` takes it. */
import { count } from '#domain/count';
import { isLoopback } from '#domain/environment/loopback';
import { InvalidInput } from '#domain/errors';
import type { ConnectionSettings } from '#lambdas/ports/platform';

const form = 'expected postgresql://role:password@host:5432/database?sslmode=verify-full';

// The URL is never shown, not even what looks like a harmless part of it: in a malformed URL the password may be anywhere.
const refuse = (problem: string): never => {
  throw new InvalidInput(`the database URL ${problem}; ${form}`);
};

/**
 * The meaning of libpq's sslmode here. Encrypted sessions are always verified, so `require` is as strict as `verify-full`. The
 * two modes that let the server choose, and a missing sslmode, mean TLS except to this machine.
 */
const tlsBySslmode: Readonly<Record<string, (host: string) => boolean>> = {
  disable: () => false,
  allow: (host) => !isLoopback(host),
  prefer: (host) => !isLoopback(host),
  require: () => true,
  'verify-ca': () => true,
  'verify-full': () => true,
};

const decode = (text: string, what: string) => {
  try {
    return decodeURIComponent(text);
  } catch {
    return refuse(`has a ${what} with a "%" that does not begin an escape; write "%25" for a percent sign`);
  }
};

/** 6432 is PgBouncer's port, 6543 Supabase's; hosted poolers carry the word in their name. */
const isPooler = (host: string, port: number) => /pooler|pgbouncer/i.test(host) || port === 6432 || port === 6543;

// The others have no meaning here: our sessions have their own name and timeout, and a verified certificate gives what
// channel binding is for. They are known because hosted servers hand out URLs with them.
const known = ['sslmode', 'application_name', 'connect_timeout', 'channel_binding'];

const readParameters = (parameters: URLSearchParams, host: string): boolean => {
  const unknown = [...parameters.keys()].filter((name) => !known.includes(name));
  if (unknown.length > 0)
    refuse(
      `has ${count(unknown.length, 'parameter that is', 'parameters that are')} not supported; known are ${known.join(', ')}`,
    );
  const mode = parameters.get('sslmode') ?? 'prefer';
  const needsTls = tlsBySslmode[mode];
  if (!Object.hasOwn(tlsBySslmode, mode) || !needsTls)
    return refuse(`has an sslmode that PostgreSQL does not know; known are ${Object.keys(tlsBySslmode).join(', ')}`);
  return needsTls(host);
};

/** No message repeats any part of the URL. Errors: InvalidInput. */
export const readConnectionUrl = (text: string): ConnectionSettings => {
  if (!URL.canParse(text))
    return refuse('cannot be read; characters such as "@", "/", "#" or "%" in a password have to be percent-encoded');
  const url = new URL(text);
  if (!['postgres:', 'postgresql:'].includes(url.protocol))
    return refuse('does not begin with postgresql:// or postgres://');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (host === '') return refuse('names no host; a Unix socket is not supported, use TCP');
  const database = decode(url.pathname.slice(1), 'database name');
  if (database === '') return refuse('names no database behind the host');
  const user = decode(url.username, 'role');
  if (user === '') return refuse('names no role');
  if (url.hash !== '') return refuse('has a "#"; in a password it has to be written "%23"');
  const port = Number(url.port || 5432);
  return {
    host,
    port,
    user,
    database,
    password: decode(url.password, 'password'),
    tls: readParameters(url.searchParams, host),
    pooled: isPooler(host, port),
  };
};
