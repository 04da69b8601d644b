/** Servers end with the process that started them. */
import type { ChildProcess } from 'node:child_process';

const running = new Set<ChildProcess>();

const endingSignals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

// SIGINT = PostgreSQL's fast shutdown: sessions are ended, everything is written down.
const stopAll = () => {
  for (const child of running) child.kill('SIGINT');
};

const onSignal = (name: NodeJS.Signals) => {
  // Other listeners exist: they decide how the process ends, and `exit` comes after them.
  if (process.listenerCount(name) > 1) return;
  stopAll();
  process.removeListener(name, onSignal);
  process.kill(process.pid, name);
};

const listen = () => {
  process.on('exit', stopAll);
  for (const name of endingSignals) process.on(name, onSignal);
};

const unlisten = () => {
  process.removeListener('exit', stopAll);
  for (const name of endingSignals) process.removeListener(name, onSignal);
};

/** Stops the server when this process exits or ends by a signal; after `kill -9` the next start stops it. */
export const endWithThisProcess = (child: ChildProcess) => {
  if (running.size === 0) listen();
  running.add(child);
  child.once('exit', () => {
    running.delete(child);
    if (running.size === 0) unlisten();
  });
};
