import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { workerName } from '#adapters/postgres/apply/worker';
import type { ConnectionSettings } from '#lambdas/ports/platform';

type Cut = 'when COMMIT is asked' | 'when COMMIT is answered';

/**
 * A relay to the server that cuts the connection around a COMMIT of a session that runs the migration's or the rollback's own statements; every
 * other session passes.
 */
export const throughCuttingRelay = async <T>(
  connection: ConnectionSettings,
  cut: Cut,
  work: (relayed: ConnectionSettings) => Promise<T>,
): Promise<T> => {
  const sockets = new Set<Socket>();
  const relay: Server = createServer((client) => {
    const server = connect(connection.port, connection.host);
    let [isWorker, isCommitting] = [false, false];
    for (const socket of [client, server]) sockets.add(socket.on('error', () => undefined));
    const end = () => {
      client.destroy();
      server.destroy();
    };
    client.on('data', (bytes) => {
      // It names itself; all tests call the run so.
      isWorker ||= bytes.includes(workerName('run-1'));
      // A simple query: 'Q', length, text, zero.
      if (isWorker && bytes[0] === 0x51 && bytes.subarray(5, -1).toString() === 'COMMIT') {
        if (cut === 'when COMMIT is asked') return end();
        isCommitting = true;
      }
      server.write(bytes);
    });
    server.on('data', (bytes) => {
      if (isCommitting) return end();
      client.write(bytes);
    });
    client.on('close', end);
    server.on('close', end);
  });
  relay.listen(0, '127.0.0.1');
  await once(relay, 'listening');
  const address = relay.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  try {
    return await work({ ...connection, port });
  } finally {
    for (const socket of sockets) socket.destroy();
    relay.close();
  }
};
