/** What the rehearsal may reach beyond the branch: found out before anything runs, and looked for afterwards. */

import { factsIn } from '#domain/boxes/facts';
import type { NotRehearsed } from '#domain/boxes/not-rehearsed';
import type { Catalog } from '#domain/catalog/catalog';
import { knownReachOf } from '#domain/catalog/known-reach';
import type { ChecksFile } from '#domain/checks/checks';
import { concerning, type ServerState, serverStateDifference } from '#domain/environment/server-state';
import type { EvidenceDocument } from '#domain/evidence/document';
import type { Migration } from '#domain/migration/migration';
import { letOut, type MigrationReach, reachOfMigration, reachOfWaysBack } from '#domain/review/migration-reach';
import type { Ports } from '#lambdas/ports/ports';
import { readReferenced } from '#lambdas/record/json';
import type { BranchRef } from '#statemachine/contract';

type Files = { readonly migration: Migration; readonly checks: ChecksFile | null };

/** A branch of which nobody said whose server it is on is taken as lying on the target's. */
const serverOf = ({ server = 'shared' }: BranchRef) => server;

type FoundReach = {
  readonly reach: readonly MigrationReach[];
  /** Null = the branch keeps all of it in. */
  readonly notRehearsed: NotRehearsed | null;
};

const letOutBy = (branch: BranchRef, reach: readonly MigrationReach[]): NotRehearsed | null => {
  const out = letOut(reach, serverOf(branch));
  return out.length > 0 ? { server: serverOf(branch), reach: out } : null;
};

export const findReach = (branch: BranchRef, files: Files, catalog: Catalog): FoundReach => {
  const reach = reachOfMigration(files, knownReachOf(catalog));
  return { reach, notRehearsed: letOutBy(branch, reach) };
};

/** The same of what is taken back, whose ways back alone are run. */
export const findReachOfWaysBack = (
  branch: BranchRef,
  migrations: readonly Migration[],
  catalog: Catalog,
): FoundReach => {
  const reach = reachOfWaysBack(migrations, knownReachOf(catalog));
  const out = letOutBy(branch, reach);
  return { reach, notRehearsed: out && { ...out, of: 'rollback' } };
};

const target = { branchId: 'target' } as const;

type Documents = readonly EvidenceDocument[];

/** What the server was before anything ran, and as whom the target is worked on. */
type ServerSeen = {
  readonly before: ServerState;
  readonly identity: { readonly database: string; readonly user: string };
};

const differencesSince = (
  { before, identity: { database, user: role } }: ServerSeen,
  now: ServerState,
  texts: readonly string[],
) => {
  const all = serverStateDifference(before, now);
  return { all, concerning: concerning(all, { database, role, texts }) };
};

const stateAtStep4 = async ({ store }: Pick<Ports, 'store'>, earlier: Documents): Promise<ServerSeen | null> => {
  const { serverState, identity } = factsIn(earlier, '04-environment-check');
  return serverState && identity
    ? { before: await readReferenced<ServerState>(store, serverState.artifact), identity }
    : null;
};

/** How the target's server differs from what Step 4 saw; null where Step 4 has not seen it. */
export const compareServer = async (
  ports: Pick<Ports, 'store' | 'database'>,
  earlier: Documents,
  texts: readonly string[],
): Promise<{ readonly all: readonly string[]; readonly concerning: readonly string[] } | null> => {
  const seen = await stateAtStep4(ports, earlier);
  return seen && differencesSince(seen, await ports.database.readServerState(target), texts);
};

/** Empty on a server of its own, which the target does not share. */
export const changedBesideTheBranch = async (
  ports: Pick<Ports, 'store' | 'database'>,
  branch: BranchRef,
  { migration, checks }: Files,
  earlier: Documents,
): Promise<readonly string[]> => {
  if (serverOf(branch) !== 'shared') return [];
  const tests = (checks?.tests ?? []).flatMap(({ statements }) => statements);
  const texts = [...migration.statements, ...migration.rollback.statements, ...tests].map(({ sql }) => sql);
  return (await compareServer(ports, earlier, texts))?.concerning ?? [];
};

/** The same of what is taken back, against what the branch's server was `before` it. */
export const changedBesideWaysBack = async (
  { database }: Pick<Ports, 'database'>,
  branch: BranchRef,
  migrations: readonly Migration[],
  before: ServerState,
): Promise<readonly string[]> => {
  if (serverOf(branch) !== 'shared') return [];
  const texts = migrations.flatMap(({ rollback }) => rollback.statements.map(({ sql }) => sql));
  const seen = { before, identity: await database.identify(target) };
  return differencesSince(seen, await database.readServerState({ branchId: branch.branchId }), texts).concerning;
};

/** What Step 6 put down when it ran nothing. */
export const notRehearsedIn = (earlier: Documents): NotRehearsed =>
  factsIn(earlier, '06-dry-run').notRehearsed ?? { server: 'shared', reach: [] };
