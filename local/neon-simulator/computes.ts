/** The running PostgreSQL servers: one per branch that has an endpoint. */
import path from 'node:path';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import type { PostgresBinaries } from '#local/postgres/binaries';
import { type PostgresServer, startServer } from '#local/postgres/server';
import type { BranchRecord, ProjectRecord } from './records';

export type Computes = {
  start(branch: BranchRecord): Promise<void>;
  /** Ends all sessions; no error when it does not run. */
  stop(branchId: string): Promise<void>;
  stopAll(): Promise<void>;
  /** Null when the branch's server does not run. */
  connection(branchId: string): ConnectionSettings | null;
};

// Staging keeps months of a person's work, so it survives a power cut; a branch is made again after one.
const settingsOf = (branch: BranchRecord, project: ProjectRecord): Readonly<Record<string, string>> =>
  branch.id === project.stagingBranchId ? {} : { fsync: 'off' };

export const createComputes = (binaries: PostgresBinaries, branchFolder: string, project: ProjectRecord): Computes => {
  const running = new Map<string, PostgresServer>();
  const superuser = { user: project.role, password: project.password };

  const stop = async (branchId: string) => {
    const server = running.get(branchId);
    running.delete(branchId);
    await server?.stop();
  };

  return {
    start: async (branch) => {
      if (running.has(branch.id)) return;
      const directory = path.join(branchFolder, branch.directory);
      const server = await startServer(binaries, directory, superuser, settingsOf(branch, project));
      running.set(branch.id, server);
      void server.exited.then(() => {
        if (running.get(branch.id) === server) running.delete(branch.id);
      });
    },
    stop,
    stopAll: async () => {
      await Promise.all([...running.keys()].map(stop));
    },
    connection: (branchId) => {
      const server = running.get(branchId);
      if (!server) return null;
      const { host, port } = server;
      return { host, port, ...superuser, database: project.database, tls: false, pooled: false };
    },
  };
};
