/** Backups of Node 22 and newer are compressed with zstd: the commands as a person runs them, with each version of Node. */
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { methods } from '#adapters/postgres/backup/compression';
import { parseManifest } from '#domain/backup/manifest';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { withClient } from '#test/support/postgres';
import { projectRoot } from '#test/support/project-root';
import { withFolder } from '#test/support/with-folder';
import { withVersion } from './with-version';

const newer = ['node-22', 'node-24'] as const;

const programOf = (name: string) => path.join(__dirname, 'programs', 'node_modules', name, 'bin', 'node');

const urlOf = ({ host, port, user, password }: ConnectionSettings, database: string) =>
  `postgresql://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}`;

type Ended = { readonly code: number; readonly stdout: string; readonly stderr: string };

const command = (node: string, name: string, args: readonly string[], variables: Record<string, string>) =>
  new Promise<Ended>((resolve) =>
    execFile(
      node,
      ['--import', `file://${require.resolve('tsx')}`, path.join(projectRoot, 'commands', name, 'command.ts'), ...args],
      { env: { ...process.env, NODE_OPTIONS: '', ...variables } },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code ?? 99) : 0, stdout, stderr }),
    ),
  );

const titles = (connection: ConnectionSettings) =>
  withClient(connection, async (client) => (await client.query('SELECT id, title FROM orders ORDER BY id')).rows);

test.each(newer)('%s: a backup by zstd comes back, and an older Node says what it needs', (name) =>
  withVersion(17, (server) =>
    withFolder(async (folder) => {
      const backup = path.join(folder, 'backup');
      await withClient(server, async (client) => {
        for (const database of ['before_it', 'after_it'])
          await client.query(`CREATE DATABASE ${database} TEMPLATE template0`);
      });
      await withClient({ ...server, database: 'before_it' }, (client) =>
        client.query(
          'CREATE TABLE orders AS SELECT g AS id, md5(g::text) AS title FROM generate_series(1, 20000) g; ALTER TABLE orders ADD PRIMARY KEY (id)',
        ),
      );
      const restore = (node: string) =>
        command(node, 'restore', [backup, '--into', 'INTO_URL'], { INTO_URL: urlOf(server, 'after_it') });

      const made = await command(programOf(name), 'backup', ['--database-url', 'FROM_URL', '--to', backup], {
        FROM_URL: urlOf(server, 'before_it'),
      });
      const files = await readdir(backup, { recursive: true });
      const manifest = parseManifest(await readFile(path.join(backup, 'manifest.json'), 'utf8'));
      const byOwn = await restore(process.execPath);
      const byNewer = methods.zstd === null ? await restore(programOf(name)) : byOwn;

      expect(made).toMatchObject({ code: 0 });
      expect(manifest).toMatchObject({ compression: 'zstd' });
      expect(files.filter((file) => file.endsWith('.gz'))).toEqual([]);
      expect(files).toEqual(expect.arrayContaining(['rows/0001.sql.zst', 'contents.sql.zst']));
      expect(await readFile(path.join(backup, 'README.txt'), 'utf8')).toContain('zstd -dc "$file" | psql');
      if (methods.zstd === null) {
        expect(byOwn).toMatchObject({ code: 1 });
        expect(byOwn.stderr).toContain(
          `is compressed with zstd, which Node ${process.versions.node} does not have; run the same with Node 22.15 or newer`,
        );
      }
      expect(byNewer).toMatchObject({ code: 0 });
      expect(await titles({ ...server, database: 'after_it' })).toEqual(
        await titles({ ...server, database: 'before_it' }),
      );
    }),
  ),
);
