/** What the rehearsal may reach beyond the branch: found out before anything runs, and looked for afterwards. */

import { factsIn } from '#domain/boxes/facts';
import type { NotRehearsed } from '#domain/boxes/not-rehearsed';
import type { Catalog } from '#domain/catalog/catalog';
import { knownReachOf } from '#domain/catalog/known-reach';
import type { ChecksFile } from '#domain/checks/checks';
import { concerning, type ServerState, serverStateDifference } from '#domain/environment/server-state';
import type { EvidenceDocument } from '#domain/evidence/document';
import type { Migration } from '#domain/migration/migration';
import { letOut, type MigrationReach, reachOfMigration } from '#domain/review/migration-reach';
import type { Ports } from '#lambdas/ports/ports';
import { readReferenced } from '#lambdas/record/json';
import type { BranchRef } from '#statemachine/contract';

type Files = { readonly migration: Migration; readonly checks: ChecksFile | null };

/** A branch of which nobody said whose server it is on is taken as lying on the target's. */
const serverOf = ({ server = 'shared' }: BranchRef) => server;

/** `notRehearsed` null = the branch keeps in whatever the migration reaches. */
export const findReach = (
  branch: BranchRef,
  files: Files,
  catalog: Catalog,
): { readonly reach: readonly MigrationReach[]; readonly notRehearsed: NotRehearsed | null } => {
  const reach = reachOfMigration(files, knownReachOf(catalog));
  const out = letOut(reach, serverOf(branch));
  return { reach, notRehearsed: out.length > 0 ? { server: serverOf(branch), reach: out } : null };
};

type Documents = readonly EvidenceDocument[];

const stateAtStep4 = async ({ store }: Pick<Ports, 'store'>, earlier: Documents) => {
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
  if (!seen) return null;
  const all = serverStateDifference(seen.before, await ports.database.readServerState({ branchId: 'target' }));
  const { database, user: role } = seen.identity;
  return { all, concerning: concerning(all, { database, role, texts }) };
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

/** What Step 6 put down when it ran nothing. */
export const notRehearsedIn = (earlier: Documents): NotRehearsed =>
  factsIn(earlier, '06-dry-run').notRehearsed ?? { server: 'shared', reach: [] };
