import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { productionStatisticsQuery, readProductionStatistics } from '#adapters/postgres/production-statistics';
import { parseProductionStatistics } from '#domain/tables/production-statistics';
import { projectRoot } from '#test/support/project-root';
import { withFolder } from '#test/support/with-folder';
import { withTarget } from './database-arrangements';

const setUp = `
CREATE TABLE orders (id bigint PRIMARY KEY, note text);
INSERT INTO orders SELECT n, repeat(md5(n::text), 200) FROM generate_series(1, 1000) n;
CREATE TABLE nobody (id bigint);
CREATE TABLE events (at int NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (100);
CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM (100) TO (200);
INSERT INTO events SELECT n FROM generate_series(0, 199) n;
CREATE SCHEMA migration_checklist;
CREATE TABLE migration_checklist.ledger (id int);
ANALYZE`;

test('the query gives rows and bytes of each table of the team, partitions summed up, and nothing of ours', () =>
  withTarget(setUp, async ({ connection, query }) => {
    const read = await readProductionStatistics(connection);
    const [byPsql] = await query(productionStatisticsQuery);

    expect(read).toMatchObject({ format: 1, database: connection.database });
    expect(read.tables.map(({ table, rows }) => [table, rows])).toEqual([
      ['public.events', 200],
      ['public.events_1', 100],
      ['public.events_2', 100],
      ['public.nobody', 0],
      ['public.orders', 1000],
    ]);
    const orders = read.tables.find(({ table }) => table === 'public.orders');
    for (const bytes of [orders?.heapBytes, orders?.indexBytes, orders?.toastBytes]) expect(bytes).toBeGreaterThan(0);
    expect(parseProductionStatistics('psql', JSON.stringify(byPsql?.['statistics'])).tables).toEqual(read.tables);
  }));

test('the command prints the query, or asks a database and writes the file', () =>
  withTarget(setUp, ({ connection: { host, port, user, password, database } }) =>
    withFolder(async (folder) => {
      const out = path.join(folder, 'production-statistics.json');
      const run = (...args: readonly string[]) =>
        promisify(execFile)(process.execPath, ['--import', 'tsx', 'commands/statistics/command.ts', ...args], {
          cwd: projectRoot,
        });
      const url = `postgresql://${user}:${password}@${host}:${port}/${database}`;

      const printed = await run();
      const asked = await run('--database-url', url, '--out', out);

      expect(printed.stdout.trim()).toBe(productionStatisticsQuery.trim());
      expect(asked.stdout).toBe(`✓ ${out}: 5 tables of "${database}"\n`);
      expect(parseProductionStatistics(out, await readFile(out, 'utf8')).tables).toHaveLength(5);
      expect(await readFile(out, 'utf8')).not.toContain(password);
    }),
  ));
