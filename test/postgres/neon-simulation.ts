/** A Neon simulator of its own for a test, and sessions on its branches. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createNeonClient } from '@neon/sdk';
import pg from 'pg';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import type { Clock } from '#lambdas/ports/ports';
import { type NeonSimulator, startNeonSimulator } from '#local/neon-simulator/simulator';
import { runAsForThisProcess } from '#local/postgres/binaries';
import { makePostgresHome } from '#local/postgres/home';

/** An empty folder that PostgreSQL's user may enter, removed afterwards. */
export const makeHome = async (): Promise<{ readonly home: string; remove(): Promise<void> }> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'migration-checklist-neon-'));
  await chmod(folder, 0o755);
  const home = await makePostgresHome(path.join(folder, 'home'), runAsForThisProcess());
  return { home, remove: () => rm(folder, { recursive: true, force: true }) };
};

export type Simulated = NeonSimulator & { readonly home: string; remove(): Promise<void> };

export const simulate = async (clock?: Clock): Promise<Simulated> => {
  const { home, remove } = await makeHome();
  const simulator = await startNeonSimulator({ home, ...(clock && { clock }) });
  return {
    ...simulator,
    home,
    remove: async () => {
      await simulator.close();
      await remove();
    },
  };
};

/** The SDK as anyone would use it, with the patience that a test has. */
export const sdkFor = ({ apiKey, baseUrl }: Pick<NeonSimulator, 'apiKey' | 'baseUrl'>, retries = 10) =>
  createNeonClient({ apiKey, baseUrl, retries, throwOnError: true, wait: { pollIntervalMs: 20, timeoutMs: 20_000 } });

export type Row = Record<string, unknown>;

/** Runs the statements in one session and returns the rows of the last one. */
export const query = async (connection: ConnectionSettings, ...statements: readonly string[]): Promise<Row[]> => {
  const { host, port, user, password, database } = connection;
  const client = new pg.Client({ host, port, user, password, database });
  client.on('error', () => undefined);
  await client.connect();
  try {
    let rows: Row[] = [];
    for (const statement of statements) rows = (await client.query<Row>(statement)).rows;
    return rows;
  } finally {
    await client.end();
  }
};

/** A session that stays open; `ended` resolves with the reason when the server ends it. */
export const openSession = async (connection: ConnectionSettings) => {
  const { host, port, user, password, database } = connection;
  const session = new pg.Client({ host, port, user, password, database });
  // The server's last words come first, the closed socket after them.
  const ended = new Promise((resolve) => session.on('error', resolve));
  await session.connect();
  return { session, ended };
};

/** For what other processes do and nobody reports; Jest's time limit ends it. */
export const until = async (isSo: () => boolean | Promise<boolean>) => {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20));
};
