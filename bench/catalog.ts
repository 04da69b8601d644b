/** How long the snapshot of a large schema takes, and how much memory: 1,000 tables with 10 columns and 2 indexes each. */
import { readCatalog } from '#adapters/postgres/catalog/read-catalog';
import { withSession } from '#adapters/postgres/session/session';
import { differenceOf } from '#domain/catalog/difference';
import { fingerprintOf } from '#domain/catalog/fingerprint';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { createTable } from './table';

export type CatalogMeasurement = {
  readonly tables: number;
  readonly objects: number;
  /** Medians. Every read in a new session, whose caches are empty. */
  readonly readMs: number;
  readonly fingerprintMs: number;
  readonly differenceMs: number;
  /** The most that this process had held after the first read, the runtime itself included: start it for this alone. */
  readonly peakResidentBytes: number;
};

const rounds = 5;

const makeTables = (count: number) => `DO $$ BEGIN FOR number IN 1..${count} LOOP
  ${createTable}
  -- One transaction for all would need more locks than the server has.
  IF number % 100 = 0 THEN COMMIT; END IF;
END LOOP; END $$`;

const median = (values: readonly number[]) => [...values].sort((one, other) => one - other)[values.length >> 1] ?? 0;

const timed = async <T>(work: () => Promise<T> | T) => {
  const start = performance.now();
  const value = await work();
  return { value, ms: performance.now() - start };
};

/** `connection` leads to an empty database, which is left full of tables. */
export const measureCatalog = async (connection: ConnectionSettings, tables = 1_000): Promise<CatalogMeasurement> => {
  await withSession(connection, (session) => session.query(makeTables(tables)));
  const read = () => withSession(connection, (session) => timed(() => readCatalog(session)));

  const first = await read();
  const peakResidentBytes = process.resourceUsage().maxRSS * 1024;
  const times: { read: number; fingerprint: number; difference: number }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const { value: catalog, ms } = await read();
    const fingerprint = await timed(() => fingerprintOf(catalog));
    const difference = await timed(() => differenceOf(first.value, catalog));
    times.push({ read: ms, fingerprint: fingerprint.ms, difference: difference.ms });
  }
  return {
    tables,
    objects: first.value.objects.length,
    readMs: median(times.map((one) => one.read)),
    fingerprintMs: median(times.map((one) => one.fingerprint)),
    differenceMs: median(times.map((one) => one.difference)),
    peakResidentBytes,
  };
};
