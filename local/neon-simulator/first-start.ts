/** Makes the local project: its data and its records. */
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import type { Clock } from '#lambdas/ports/ports';
import type { PostgresBinaries } from '#local/postgres/binaries';
import { createCluster } from '#local/postgres/cluster';
import { giveTo } from '#local/postgres/run-as';
import { copyStopped } from './data-copy';
import { newId, newSecret, timestamp } from './identifiers';
import type { BranchRecord, SimulatorRecords } from './records';

const database = 'app';
/** A superuser here, for simplicity's sake; on Neon it is an ordinary role with the right to create. */
const role = 'app_owner';

const branchRecord = (now: string, name: string, own: Partial<BranchRecord>): BranchRecord => ({
  id: newId('br'),
  name,
  parentId: null,
  parentLsn: null,
  directory: name,
  phase: 'ready',
  isDefault: false,
  isProtected: false,
  expiresAt: null,
  lastResetAt: null,
  endpoint: { id: newId('ep'), createdAt: now },
  createdAt: now,
  updatedAt: now,
  ...own,
});

/** A project with the default branch `main` and the branch `staging`, as setting up Neon for this product gives. */
const newRecords = (now: string): SimulatorRecords => {
  const main = branchRecord(now, 'main', { isDefault: true });
  const staging = branchRecord(now, 'staging', { parentId: main.id });
  const project = {
    id: newId('local-project'),
    createdAt: now,
    stagingBranchId: staging.id,
    database,
    role,
    apiKey: newSecret(),
    password: newSecret(),
  };
  return { format: 1, project, branches: [main, staging], operations: [] };
};

/** One initdb; the second branch is a copy of the first one's files, which is seven times as fast. */
export const makeProject = async (
  binaries: PostgresBinaries,
  branchFolder: string,
  clock: Clock,
): Promise<SimulatorRecords> => {
  // No records = an earlier first start did not finish: nothing in this folder was ever used.
  await rm(branchFolder, { recursive: true, force: true });
  await mkdir(branchFolder, { recursive: true, mode: 0o755 });
  await giveTo(binaries.runAs, branchFolder);
  const records = newRecords(timestamp(clock.now()));
  const [main, staging] = [path.join(branchFolder, 'main'), path.join(branchFolder, 'staging')];
  await createCluster(binaries, main, { user: role, password: records.project.password });
  await copyStopped(main, staging, binaries.runAs);
  return records;
};

const run = async (connection: ConnectionSettings, sql: string) => {
  const { host, port, user, password, database: name } = connection;
  const client = new pg.Client({ host, port, user, password, database: name, ssl: false });
  await client.connect();
  try {
    return await client.query<{ readonly found: boolean }>(sql);
  } finally {
    await client.end();
  }
};

/** Creates the database on staging unless it is there. */
export const makeDatabase = async (staging: ConnectionSettings) => {
  const maintenance = { ...staging, database: 'postgres' };
  const { rows } = await run(
    maintenance,
    `SELECT EXISTS (SELECT FROM pg_database WHERE datname = '${database}') AS found`,
  );
  if (!rows[0]?.found) await run(maintenance, `CREATE DATABASE ${database} TEMPLATE template0 STRATEGY FILE_COPY`);
  await run(staging, 'CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
};
