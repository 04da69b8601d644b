/** Measures backup, verification and restore of a database of mixed rows, beside PostgreSQL's own programs where they are installed. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { createFolderArtifactStore } from '#adapters/folder/folder-artifact-store';
import { createBackups } from '#adapters/postgres/backup/backups';
import { restoreFolder } from '#adapters/postgres/backup/restore-folder';
import { openStoredFolder } from '#adapters/postgres/backup/stored-folder';
import { readCatalog } from '#adapters/postgres/catalog/read-catalog';
import { withSession } from '#adapters/postgres/session/session';
import { fingerprintOf } from '#domain/catalog/fingerprint';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { withServer } from './server';

const run = promisify(execFile);

export type BackupMeasurement = {
  readonly megabytes: number;
  readonly backupMs: number;
  readonly verifyMs: number;
  readonly restoreMs: number;
  /** Beyond what the process had before. */
  readonly extraResidentBytes: number;
  /** Null where PostgreSQL's own programs are not installed. */
  readonly native: { readonly customMs: number; readonly fastMs: number; readonly restoreMs: number } | null;
};

/** Debian's place; the newest version that has a server and its programs. */
const nativePrograms = (): string | null => {
  const home = '/usr/lib/postgresql';
  const versions = existsSync(home) ? readdirSync(home).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = versions.map((version) => path.join(home, version, 'bin'));
  return (
    folders.find((folder) =>
      ['initdb', 'postgres', 'pg_dump', 'pg_restore'].every((name) => existsSync(path.join(folder, name))),
    ) ?? null
  );
};

/** About 500 bytes a row in COPY's text: two large tables of uuid, text and jsonb, and ten smaller ones. */
const fill = (rows: number) => `
DO $$ BEGIN
  FOR number IN 1..12 LOOP
    EXECUTE format('CREATE TABLE mixed_%s (id uuid PRIMARY KEY, customer bigint NOT NULL, created_at timestamptz NOT NULL, title text, payload jsonb)', number);
    EXECUTE format($insert$
      INSERT INTO mixed_%s SELECT gen_random_uuid(), (random() * 1e6)::bigint, now() - g * interval '1 second',
        'Order ' || g || ' of ' || md5(g::text),
        jsonb_build_object('items', g %% 17, 'note', repeat(md5((g * 7)::text) || ' words that come again ', 6), 'tags', ARRAY['a', 'b', md5(g::text)])
      FROM generate_series(1, %s) g $insert$, number, CASE WHEN number <= 2 THEN ${Math.round(rows * 0.35)} ELSE ${Math.round(rows * 0.03)} END);
    EXECUTE format('CREATE INDEX ON mixed_%s (customer, created_at)', number);
  END LOOP;
END $$`;

const timed = async <T>(work: () => Promise<T>): Promise<{ readonly ms: number; readonly result: T }> => {
  const startedAt = performance.now();
  const result = await work();
  return { ms: performance.now() - startedAt, result };
};

const measurePeak = () => {
  const before = process.memoryUsage().rss;
  let peak = before;
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 50);
  return () => {
    clearInterval(timer);
    return peak - before;
  };
};

const withEmpty = async <T>(
  connection: ConnectionSettings,
  name: string,
  work: (empty: ConnectionSettings) => Promise<T>,
) => {
  const ask = (sql: string) => withSession(connection, (session) => session.query(sql));
  await ask(`CREATE DATABASE ${name} TEMPLATE template0`);
  try {
    return await work({ ...connection, database: name });
  } finally {
    await ask(`DROP DATABASE ${name} WITH (FORCE)`);
  }
};

const urlOf = ({ host, port, user, database }: ConnectionSettings) =>
  `postgresql://${user}@${host}:${port}/${database}`;

const measureNative = async (programs: string, connection: ConnectionSettings, directory: string) => {
  const env = { ...process.env, PGPASSWORD: connection.password };
  const program = (name: string, ...args: readonly string[]) =>
    timed(() => run(path.join(programs, name), [...args], { env, maxBuffer: 1e8 }));
  const file = path.join(directory, 'native.dump');
  const custom = await program('pg_dump', '-Fc', '-f', file, urlOf(connection));
  const fast = await program('pg_dump', '-Fc', '-Z1', '-f', file, urlOf(connection));
  const restored = await withEmpty(connection, 'by_native', (empty) =>
    program('pg_restore', '-j2', '-d', urlOf(empty), file),
  );
  return { customMs: custom.ms, fastMs: fast.ms, restoreMs: restored.ms };
};

export const measureBackup = async (megabytes: number): Promise<BackupMeasurement> => {
  const programs = nativePrograms();
  return withServer(
    async (connection) => {
      const directory = await mkdtemp(path.join(tmpdir(), 'migration-checklist-bench-'));
      try {
        await withSession(connection, async (session) => {
          await session.query(fill(Math.round((megabytes * 1e6) / 500)));
          await session.query('VACUUM ANALYZE');
        });
        const store = createFolderArtifactStore({ directory });
        const backups = createBackups({
          connection: async ({ database = connection.database }) => ({ ...connection, database }),
          clock: { now: () => new Date() },
          store,
          readCatalog,
          fingerprintOf,
        });
        const endPeak = measurePeak();
        const target = { branchId: 'target' } as const;
        const backup = await timed(() => backups.make(target, 'b/manifest.json'));
        const verified = await timed(() => backups.verify(target, backup.result, 'bench'));
        if (!verified.result.isEqual) throw new Error(`the restored backup differs: ${verified.result.differences[0]}`);
        const folder = await openStoredFolder(store, 'b/manifest.json', backup.result.sha256);
        const restored = await withEmpty(connection, 'by_us', (empty) =>
          timed(() => restoreFolder(empty, folder, { readCatalog })),
        );
        const extraResidentBytes = endPeak();
        return {
          megabytes,
          backupMs: backup.ms,
          verifyMs: verified.ms,
          restoreMs: restored.ms,
          extraResidentBytes,
          native: programs === null ? null : await measureNative(programs, connection, directory),
        };
      } finally {
        await rm(directory, { recursive: true, force: true });
      }
      // What a server of this size has: with less, both sides wait for checkpoints.
    },
    programs,
    { shared_buffers: '256MB', max_wal_size: '2GB' },
  );
};
