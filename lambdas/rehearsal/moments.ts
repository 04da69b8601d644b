/** What a rehearsal leaves at its moments: each reading of the branch is made once and kept for whoever compares later. */
import type { Kept } from '#domain/boxes/room';
import type { Catalog } from '#domain/catalog/catalog';
import type { ServerState } from '#domain/environment/server-state';
import type { NamedDoor } from '#domain/ledger/tool-row';
import { quotedName } from '#domain/sql/quoted-name';
import type { TableContents } from '#domain/tables/contents';
import type { OutsideTables } from '#domain/tables/outside-tables';
import type { DatabaseAddress } from '#lambdas/ports/database';
import type { Ports } from '#lambdas/ports/ports';
import { keepOnce } from '#lambdas/record/json';
import { artifactKeys, type RehearsalMoment } from '#lambdas/record/keys';

export type Moments = {
  catalog(moment: RehearsalMoment): Promise<Kept<Catalog>>;
  /** What the tables hold. */
  contents(moment: RehearsalMoment): Promise<Kept<readonly TableContents[]>>;
  /** What the branch holds outside its tables: sequences, large objects, settings. */
  outside(moment: RehearsalMoment): Promise<Kept<OutsideTables>>;
  /** Roles, settings and privileges of databases. */
  server(moment: RehearsalMoment): Promise<Kept<ServerState>>;
};

/** Rows and counters of another tool's own table are its record and no data of the migration. */
const withoutDoor = (door: Pick<NamedDoor, 'schema' | 'table'> | undefined) => {
  const name = door && `${quotedName(door.schema)}.${quotedName(door.table)}`;
  return {
    contents: (contents: readonly TableContents[]) => contents.filter(({ table }) => table !== name),
    outside: (outside: OutsideTables): OutsideTables =>
      name === undefined
        ? outside
        : { ...outside, sequences: outside.sequences.filter(({ ownedBy }) => !ownedBy?.startsWith(`${name}.`)) },
  };
};

/** The moments of the branch at `at`, those of `door` left out; what was read stays at hand as long as the result does. */
export const momentsOf = (
  { store, database }: Pick<Ports, 'store' | 'database'>,
  runId: string,
  at: DatabaseAddress,
  door?: Pick<NamedDoor, 'schema' | 'table'>,
): Moments => {
  const keys = artifactKeys(runId);
  const without = withoutDoor(door);
  const atHand = new Map<string, Promise<Kept<unknown>>>();
  const keep = <T>(key: string, read: () => Promise<T>): Promise<Kept<T>> => {
    const kept = atHand.get(key) ?? keepOnce(store, key, read);
    atHand.set(key, kept);
    return kept as Promise<Kept<T>>;
  };
  return {
    catalog: (moment) => keep(keys.catalog(moment), () => database.readCatalog(at)),
    contents: (moment) =>
      keep(keys.contents(moment), async () => without.contents(await database.readTableContents(at))),
    outside: (moment) => keep(keys.outside(moment), async () => without.outside(await database.readOutsideTables(at))),
    server: (moment) => keep(keys.server(moment), () => database.readServerState(at)),
  };
};
