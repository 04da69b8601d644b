import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { withClient, withDatabase } from '#test/support/postgres';
import { projectRoot } from '#test/support/project-root';

jest.setTimeout(60_000);

/** What must lie beside a bundle: the thread's file, and pg_dump as the package ships it. */
const besideTheBundle = [
  'lambdas/adapters/postgres/backup/pg-dump-worker.cjs',
  'node_modules/@electric-sql/pglite-tools/dist/pg_dump.cjs',
  'node_modules/@electric-sql/pglite-tools/dist/pg_dump.wasm',
];

/** A folder with the program as a Lambda would have it: one file, no node_modules anywhere above. */
const withBundle = async (work: (directory: string) => Promise<void>) => {
  const directory = await mkdtemp(path.join(tmpdir(), 'backup-bundle-'));
  try {
    await build({
      entryPoints: [path.join(projectRoot, 'test', 'support', 'backup-program.ts')],
      outfile: path.join(directory, 'index.js'),
      bundle: true,
      minify: true,
      platform: 'node',
      format: 'cjs',
      target: 'node20',
      logLevel: 'error',
      external: ['pg-native'],
    });
    for (const file of besideTheBundle)
      await copyFile(path.join(projectRoot, file), path.join(directory, path.basename(file)));
    await work(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};

test('from a bundle, a table of 120 MB is backed up and verified in less than 150 MB of memory', () =>
  withBundle((directory) =>
    withDatabase(async (connection) => {
      // Rows of 4 kB that are small on disk and large in COPY: quick to make.
      await withClient(connection, (client) =>
        client.query(
          `CREATE TABLE wide AS SELECT g AS id, repeat(md5(g::text), 125) AS text FROM generate_series(1, 30000) g`,
        ),
      );

      const { stdout } = await promisify(execFile)(
        process.execPath,
        [path.join(directory, 'index.js'), path.join(directory, 'store'), 'migration_checklist_bundle'],
        { cwd: directory, env: { BACKUP_CONNECTION: JSON.stringify(connection) } },
      );

      const { backup, comparison, extraBytes } = JSON.parse(stdout);
      expect(backup.tables).toEqual([{ table: 'public.wide', rows: 30_000, sha256: expect.any(String) }]);
      expect(comparison).toMatchObject({ isEqual: true, differences: [], tablesCompared: 1, rowsCompared: 30_000 });
      expect(extraBytes).toBeLessThan(150_000_000);
    }),
  ));
