/** A relay to a PostgreSQL server that counts the protocol's messages and fails behind one of them. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { ConnectionSettings } from '#lambdas/ports/platform';

export type Direction = 'to the server' | 'to the client';
export type Failure = 'closes' | 'resets' | 'goes silent';

export type Fault = {
  readonly direction: Direction;
  /** Behind this message of that direction, counted over all connections from 1. */
  readonly behind: number;
  readonly failure: Failure;
};

export type Relay = {
  readonly connection: ConnectionSettings;
  readonly messages: Readonly<Record<Direction, number>>;
  readonly hasFailed: boolean;
};

/** Where the messages in `bytes` end; what is incomplete is not among them. The first message of a client has no type. */
const endsOf = (bytes: Buffer, isStartup: boolean): readonly number[] => {
  const ends: number[] = [];
  let [at, hasType] = [0, !isStartup];
  for (;;) {
    const start = at + (hasType ? 1 : 0);
    if (bytes.length < start + 4) return ends;
    at = start + bytes.readUInt32BE(start);
    if (bytes.length < at) return ends;
    ends.push(at);
    hasType = true;
  }
};

/**
 * A connection that closes or resets takes its other half with it. When the network goes silent nothing passes any more, on no
 * connection, and nobody is told: the server's half stays open until `work` has ended.
 */
export const throughRelay = async <T>(
  { host, port, ...rest }: ConnectionSettings,
  fault: Fault,
  work: (relay: Relay) => Promise<T>,
): Promise<T> => {
  const sockets = new Set<Socket>();
  const messages: Record<Direction, number> = { 'to the server': 0, 'to the client': 0 };
  let hasFailed = false;
  let isSilent = false;

  const pass = (direction: Direction, from: Socket, to: Socket) => {
    let isStartup = direction === 'to the server';
    let waiting = Buffer.alloc(0);
    const fail = () => {
      hasFailed = true;
      if (fault.failure === 'goes silent') isSilent = true;
      else if (fault.failure === 'resets') for (const socket of [from, to]) socket.resetAndDestroy();
      else for (const socket of [from, to]) socket.end();
    };
    from.on('data', (bytes) => {
      if (isSilent) return;
      waiting = Buffer.concat([waiting, bytes]);
      const ends = endsOf(waiting, isStartup);
      for (const end of ends) {
        messages[direction] += 1;
        if (!hasFailed && direction === fault.direction && messages[direction] === fault.behind) {
          to.write(waiting.subarray(0, end));
          fail();
          return;
        }
      }
      const whole = ends.at(-1) ?? 0;
      if (whole === 0) return;
      to.write(waiting.subarray(0, whole));
      waiting = waiting.subarray(whole);
      isStartup = false;
    });
    from.on('close', () => {
      // The server is told of a client that has gone, unless the network is silent.
      if (!isSilent) to.end();
    });
  };

  const server = createServer((client) => {
    const upstream = connect(port, host);
    for (const socket of [client, upstream]) sockets.add(socket.on('error', () => undefined));
    pass('to the server', client, upstream);
    pass('to the client', upstream, client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  try {
    return await work({
      connection: { ...rest, host: '127.0.0.1', port: typeof address === 'object' && address ? address.port : 0 },
      messages,
      get hasFailed() {
        return hasFailed;
      },
    });
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
};
