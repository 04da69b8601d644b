/** Sessions of their own, which read and write single rows while something else runs, and whom PostgreSQL names when they wait. */
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';

/** What a bystander does every 10 ms, each time in a transaction of its own. */
export type Bystander = { readonly name: string; readonly sql: string };

export type Waited = {
  readonly name: string;
  /** PostgreSQL named the watched session as the one that it waited for. */
  readonly hasWaited: boolean;
  /** Of its slowest statement. */
  readonly longestMs: number;
};

const everyMs = 10;

/** Begins, and does its work again and again until it is told to stop. */
const begin = async (client: pg.Client, sql: string) => {
  let isOver = false;
  let longestMs = 0;
  await client.query(sql);
  const loop = async () => {
    while (!isOver) {
      const startedAt = performance.now();
      await client.query(sql);
      longestMs = Math.max(longestMs, performance.now() - startedAt);
      await pause(everyMs);
    }
  };
  const looping = loop();
  looping.catch(() => undefined);
  return {
    stop: async () => {
      isOver = true;
      await looping;
      return longestMs;
    },
  };
};

const pidOf = async (client: pg.Client): Promise<number> =>
  (await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid ?? 0;

/** Looks every few milliseconds for those who wait for `worker`; the set of their process ids. */
const watch = (client: pg.Client, worker: number, pids: readonly number[]) => {
  const waiting = new Set<number>();
  let isOver = false;
  const loop = async () => {
    while (!isOver) {
      const { rows } = await client.query<{ pid: number }>(
        'SELECT p AS pid FROM unnest($1::int[]) p WHERE $2 = ANY (pg_blocking_pids(p))',
        [pids, worker],
      );
      for (const { pid } of rows) waiting.add(pid);
      await pause(everyMs);
    }
  };
  const looping = loop();
  looping.catch(() => undefined);
  return {
    stop: async () => {
      isOver = true;
      await looping;
      return waiting;
    },
  };
};

/** Does the work, which `worker`'s session does, while the bystanders are at theirs. */
export const besideBystanders = async <T>(
  connection: pg.ClientConfig,
  { worker, bystanders }: { readonly worker: number; readonly bystanders: readonly Bystander[] },
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly waited: readonly Waited[] }> => {
  const clients = [...bystanders, null].map(() => new pg.Client(connection));
  try {
    await Promise.all(clients.map((client) => client.connect()));
    const pids = await Promise.all(clients.map(pidOf));
    const watcher = watch(clients.at(-1) as pg.Client, worker, pids);
    const begun = await Promise.all(bystanders.map(({ sql }, at) => begin(clients[at] as pg.Client, sql)));
    const result = await work();
    const longest = await Promise.all(begun.map((one) => one.stop()));
    const waiting = await watcher.stop();
    const waited = bystanders.map(({ name }, at) => ({
      name,
      hasWaited: waiting.has(pids[at] ?? 0),
      longestMs: longest[at] ?? 0,
    }));
    return { result, waited };
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
};
