/** Parses Neon's connection URI. */
import { isLoopback } from '#domain/environment/loopback';
import type { ConnectionSettings } from '#lambdas/ports/platform';

/** TLS except on this machine itself. Throws without the URI in the message: it holds the password. */
export const parseConnectionUri = (uri: string): ConnectionSettings => {
  if (!URL.canParse(uri)) throw new Error('Neon gave a connection URI that cannot be parsed');
  const { protocol, hostname, port, username, password, pathname } = new URL(uri);
  if (!/^postgres(ql)?:$/.test(protocol)) throw new Error(`Neon gave a connection URI of the kind ${protocol}`);
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  return {
    host,
    port: Number(port || 5432),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)),
    tls: !isLoopback(host),
    // Neon's pooler is the endpoint's host with this ending on its first label.
    pooled: /^[^.]+-pooler(\.|$)/.test(host),
  };
};
