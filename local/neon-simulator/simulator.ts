/**
 * A stand-in for the Neon platform on one machine: a project whose branches are copies of a PostgreSQL data directory, each
 * with a server of its own, behind the part of Neon's API that this product uses. Everything is kept in one folder.
 */
import path from 'node:path';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import type { Clock } from '#lambdas/ports/ports';
import { findBinaries } from '#local/postgres/binaries';
import { startApiServer } from './api-server';
import { reapExpired } from './branch-deletion';
import { createComputes } from './computes';
import { makeDatabase, makeProject } from './first-start';
import { lockHome } from './home-lock';
import { createOperations } from './operations';
import { openRecordFile, readRecords } from './record-file';
import { recover } from './recovery';
import { branchesOf, type Simulation } from './simulation';

export type NeonSimulator = {
  readonly baseUrl: string;
  readonly sqlUrl: string;
  readonly apiKey: string;
  readonly projectId: string;
  readonly stagingBranchId: string;
  readonly database: string;
  readonly role: string;
  /** Waits for running operations, then stops all servers; safe to call twice. */
  close(): Promise<void>;
  /** Past the API, for tests. Throws when the branch's server does not run. */
  connection(branchId: string): ConnectionSettings;
};

/** Twice a second costs nothing, and Neon's own expiry is not exact to the second either. */
const reapIntervalMs = 500;

const systemClock: Clock = { now: () => new Date() };

const openSimulation = async (home: string, clock: Clock): Promise<Simulation> => {
  const binaries = await findBinaries(home);
  const branchFolder = path.join(home, 'branches');
  const file = path.join(home, 'records.json');
  const records = openRecordFile(file, readRecords(file) ?? (await makeProject(binaries, branchFolder, clock)));
  const computes = createComputes(binaries, branchFolder, records.current().project);
  return { home, branchFolder, binaries, clock, records, computes, operations: createOperations(records, clock) };
};

/**
 * Staging must start; another branch's server that does not start stays suspended, and a request for its address gets the reason.
 * The default branch is suspended until such a request.
 */
const startComputes = async (simulation: Simulation) => {
  const { stagingBranchId } = simulation.records.current().project;
  const starting = branchesOf(simulation).filter(({ endpoint, isDefault }) => endpoint && !isDefault);
  // Waits for all, so that on failure it is known which servers to stop.
  const outcomes = await Promise.allSettled(starting.map((branch) => simulation.computes.start(branch)));
  const staging = outcomes[starting.findIndex(({ id }) => id === stagingBranchId)];
  if (staging?.status === 'rejected') throw staging.reason;
};

const connectionTo = ({ computes }: Simulation, branchId: string) => {
  const connection = computes.connection(branchId);
  if (!connection) throw new Error(`no server runs for the branch ${branchId}`);
  return connection;
};

const serve = async (simulation: Simulation): Promise<Omit<NeonSimulator, 'connection'>> => {
  const { project } = simulation.records.current();
  const api = await startApiServer(simulation);
  const reaper = setInterval(() => {
    try {
      reapExpired(simulation);
    } catch {
      // The records cannot be written, for example on a full disk: the next turn tries again.
    }
  }, reapIntervalMs).unref();
  const close = async () => {
    clearInterval(reaper);
    await api.close();
    await simulation.operations.idle();
  };
  const { id: projectId, apiKey, stagingBranchId, database, role } = project;
  const { baseUrl, sqlUrl } = api;
  return { baseUrl, sqlUrl, projectId, apiKey, stagingBranchId, database, role, close };
};

/**
 * Starts the stand-in on a folder that `makePostgresHome` chose; the first start fills it. It cleans up what a killed predecessor
 * left behind. Throws when another living process runs on the folder.
 */
export const startNeonSimulator = async (options: {
  readonly home: string;
  readonly clock?: Clock;
}): Promise<NeonSimulator> => {
  const unlock = await lockHome(options.home);
  let simulation: Simulation | null = null;
  try {
    const opened = await openSimulation(options.home, options.clock ?? systemClock);
    simulation = opened;
    await recover(opened);
    await startComputes(opened);
    const { stagingBranchId } = opened.records.current().project;
    await makeDatabase(connectionTo(opened, stagingBranchId));
    const served = await serve(opened);

    let closing: Promise<void> | null = null;
    const close = async () => {
      try {
        await served.close();
      } finally {
        await opened.computes.stopAll();
        await unlock();
      }
    };
    return {
      ...served,
      connection: (branchId) => connectionTo(opened, branchId),
      close: () => {
        closing ??= close();
        return closing;
      },
    };
  } catch (error) {
    await simulation?.computes.stopAll();
    await unlock();
    throw error;
  }
};
