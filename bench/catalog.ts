/** How long the snapshot of a large schema takes, and how much memory: 1,000 tables with 10 columns and 2 indexes each. */
import { readCatalog } from '../lambdas/adapters/postgres/catalog/read-catalog';
import { withSession } from '../lambdas/adapters/postgres/session';
import { differenceOf } from '../lambdas/domain/catalog/difference';
import { fingerprintOf } from '../lambdas/domain/catalog/fingerprint';
import type { ConnectionSettings } from '../lambdas/ports';

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
  EXECUTE format('CREATE TABLE bench_%s (id bigint PRIMARY KEY, tenant_id integer NOT NULL,
    status text NOT NULL DEFAULT ''new'', title varchar(200), amount numeric(12,2) DEFAULT 0, payload jsonb,
    created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz, is_active boolean DEFAULT true, note text)', number);
  EXECUTE format('CREATE INDEX ON bench_%s (tenant_id, status)', number);
  EXECUTE format('CREATE INDEX ON bench_%s (created_at) WHERE is_active', number);
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
