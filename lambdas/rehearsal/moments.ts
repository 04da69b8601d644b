/** What a rehearsal leaves at its moments: catalog and contents, each read once and kept for whoever compares later. */
import type { Kept } from '#domain/boxes/room';
import type { Catalog } from '#domain/catalog/catalog';
import type { ServerState } from '#domain/environment/server-state';
import type { TableContents } from '#domain/tables/contents';
import type { OutsideTables } from '#domain/tables/outside-tables';
import type { DatabaseAddress } from '#lambdas/ports/database';
import type { Ports } from '#lambdas/ports/ports';
import { keepOnce } from '#lambdas/record/json';
import { artifactKeys, type RehearsalMoment } from '#lambdas/record/keys';

type Reading = Pick<Ports, 'store' | 'database'>;

/** The branch's catalog at that moment. */
export const keepCatalog = (
  { store, database }: Reading,
  runId: string,
  moment: RehearsalMoment,
  at: DatabaseAddress,
): Promise<Kept<Catalog>> => keepOnce(store, artifactKeys(runId).catalog(moment), () => database.readCatalog(at));

/** What the branch holds outside its tables at that moment. */
export const keepOutside = (
  { store, database }: Reading,
  runId: string,
  moment: RehearsalMoment,
  at: DatabaseAddress,
): Promise<Kept<OutsideTables>> =>
  keepOnce(store, artifactKeys(runId).outside(moment), () => database.readOutsideTables(at));

/** Roles, settings and privileges of databases at that moment. */
export const keepServerState = (
  { store, database }: Reading,
  runId: string,
  moment: RehearsalMoment,
  at: DatabaseAddress,
): Promise<Kept<ServerState>> =>
  keepOnce(store, artifactKeys(runId).server(moment), () => database.readServerState(at));

/** What the branch's tables hold at that moment. */
export const keepContents = async (
  { store, database }: Reading,
  runId: string,
  moment: RehearsalMoment,
  at: DatabaseAddress,
): Promise<readonly TableContents[]> =>
  (await keepOnce(store, artifactKeys(runId).contents(moment), () => database.readTableContents(at))).value;
