/** `npm run bench -- [name]`: measures what the documents claim, and holds it against its limit. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findBinaries } from '../local/postgres/binaries';
import { makePostgresHome } from '../local/postgres/home';
import { runAsForThisProcess } from '../local/postgres/run-as';
import { createCluster, startServer } from '../local/postgres/server';
import { measureCatalog } from './catalog';
import { measureRehearse } from './rehearse';
import { measureStart } from './start';

type Line = { readonly what: string; readonly value: number; readonly unit: 'ms' | 'MB'; readonly limit: number };

const superuser = { user: 'bench', password: 'bench' };

const catalog = async (): Promise<readonly Line[]> => {
  const directory = await mkdtemp(path.join(tmpdir(), 'migration-checklist-bench-'));
  const home = await makePostgresHome(path.join(directory, 'postgres'), runAsForThisProcess());
  const binaries = await findBinaries(home);
  const data = path.join(home, 'data');
  await createCluster(binaries, data, superuser);
  const { host, port, stop } = await startServer(binaries, data, superuser, { fsync: 'off' });
  try {
    const connection = { host, port, ...superuser, database: 'postgres', tls: false, pooled: false };
    const { readMs, peakResidentBytes } = await measureCatalog(connection);
    return [
      { what: 'catalog of 1,000 tables, read', value: readMs, unit: 'ms', limit: 1_000 },
      {
        what: 'catalog of 1,000 tables, memory of the process',
        value: peakResidentBytes / 1e6,
        unit: 'MB',
        limit: 150,
      },
    ];
  } finally {
    await stop();
    await rm(home, { recursive: true, force: true });
    await rm(directory, { recursive: true, force: true });
  }
};

const start = async (): Promise<readonly Line[]> => {
  const { firstLineMs, totalMs, peakBytes } = await measureStart();
  return [
    { what: 'npm start, first line', value: firstLineMs, unit: 'ms', limit: 2_000 },
    { what: 'npm start, both samples signed off, 2 s of monitoring each', value: totalMs, unit: 'ms', limit: 20_000 },
    ...(peakBytes === null
      ? []
      : [{ what: 'npm start, memory of all processes', value: peakBytes / 1e6, unit: 'MB', limit: 500 } as const]),
  ];
};

const rehearse = async (): Promise<readonly Line[]> => {
  const { tables, medianMs } = await measureRehearse();
  return [
    { what: `rehearse, one migration of a schema with ${tables} tables`, value: medianMs, unit: 'ms', limit: 300 },
  ];
};

const benches: Readonly<Record<string, () => Promise<readonly Line[]>>> = { catalog, rehearse, start };

const main = async (names: readonly string[]) => {
  const unknown = names.find((name) => !(name in benches));
  if (unknown !== undefined)
    throw new Error(`there is no bench "${unknown}"; there are: ${Object.keys(benches).join(', ')}`);
  for (const name of names.length > 0 ? names : Object.keys(benches))
    for (const { what, value, unit, limit } of (await benches[name]?.()) ?? [])
      process.stdout.write(`${value <= limit ? '✓' : '✗'} ${what}: ${Math.round(value)} ${unit} (limit ${limit})\n`);
};

main(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`✗ ${error.message}\n`);
  process.exitCode = 1;
});
