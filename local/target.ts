/** The target of local runs: the embedded database behind the Neon simulator, or the user's own server. */
import path from 'node:path';
import { createNeonActivity } from '#adapters/neon/neon-activity';
import { createNeonPlatform } from '#adapters/neon/neon-platform';
import { copyDatabase } from '#adapters/postgres/backup/copy-database';
import { writeMark } from '#adapters/postgres/own-schema/identity-and-mark';
import { createPlainServerPlatform } from '#adapters/postgres/plain-server/plain-server-platform';
import { createPostgresActivity } from '#adapters/postgres/postgres-activity';
import type { TargetRecord } from '#domain/environment/target';
import type { Platform } from '#lambdas/ports/platform';
import type { Clock } from '#lambdas/ports/ports';
import type { Activity } from '#lambdas/ports/watching';
import { startNeonSimulator } from '#local/neon-simulator/simulator';
import { makePostgresHome } from '#local/postgres/home';
import { runAsForThisProcess } from '#local/postgres/run-as';

export type Target = {
  readonly platform: Platform;
  readonly activity: Activity;
  readonly record: TargetRecord;
  /** For the first lines on the terminal. */
  readonly description: string;
  close(): Promise<void>;
};

/** The program marks only the embedded database, which it made. A person marks any other one. */
const markEmbedded = async (platform: Platform, record: TargetRecord, clock: Clock) =>
  writeMark(await platform.connection({ branchId: 'target' }), {
    environment: 'staging',
    projectId: record.projectId,
    branchId: record.branchId,
    markedBy: 'the local runtime, which made this database',
    markedAt: clock.now().toISOString(),
  });

const openEmbedded = async (stateDirectory: string, clock: Clock): Promise<Target> => {
  const home = await makePostgresHome(path.join(stateDirectory, 'postgres'), runAsForThisProcess());
  const simulator = await startNeonSimulator({ home });
  // A step beside a failed one may still run, and must not keep the process alive with requests to a stopped simulator.
  const closing = new AbortController();
  try {
    const platform = createNeonPlatform({
      apiKey: async () => simulator.apiKey,
      projectId: simulator.projectId,
      branchId: simulator.stagingBranchId,
      database: simulator.database,
      role: simulator.role,
      baseUrl: simulator.baseUrl,
      clock,
      // Each branch has a server of its own, all of them on this machine and run by its superuser.
      server: 'own',
      pollIntervalMs: 50,
      signal: closing.signal,
    });
    const record = await platform.describeTarget();
    await markEmbedded(platform, record, clock);
    const description = `embedded PostgreSQL, branch "${record.branchName}" of a local Neon simulator`;
    const activity = createNeonActivity({ platform, sqlUrl: simulator.sqlUrl });
    const close = () => {
      closing.abort();
      return simulator.close();
    };
    return { platform, activity, record, description, close };
  } catch (error) {
    await simulator.close();
    throw error;
  }
};

const openServer = async (url: string, clock: Clock): Promise<Target> => {
  const platform = createPlainServerPlatform({ url, clock, backupCopy: copyDatabase });
  const record = await platform.describeTarget();
  const { host, port } = await platform.connection({ branchId: 'target' });
  const description = `database "${record.database}" on ${host}:${port}; branches are scratch databases on the same server`;
  const activity = createPostgresActivity((address) => platform.connection(address));
  return { platform, activity, record, description, close: async () => undefined };
};

export const openTarget = (databaseUrl: string | null, stateDirectory: string, clock: Clock): Promise<Target> =>
  databaseUrl === null ? openEmbedded(stateDirectory, clock) : openServer(databaseUrl, clock);
