/** Makes a consistent copy of a running server's data directory, as pg_basebackup does, without a network. */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import type { RunAs } from '#local/postgres/run-as';
import { giveTo } from '#local/postgres/run-as';
import { copyLog, copyRunning } from './data-copy';

type Backup = { readonly lsn: string; readonly labelfile: string; readonly spcmapfile: string; readonly last: string };

const withSession = async <T>(connection: ConnectionSettings, work: (session: pg.Client) => Promise<T>): Promise<T> => {
  const { host, port, user, password } = connection;
  const session = new pg.Client({
    host,
    port,
    user,
    password,
    database: 'postgres',
    ssl: false,
    application_name: 'branch',
  });
  // The query that was running reports a lost session.
  session.on('error', () => undefined);
  await session.connect();
  try {
    return await work(session);
  } finally {
    await session.end().catch(() => undefined);
  }
};

/**
 * Copies while the server runs; returns the copy's log position. When it fails, PostgreSQL ends the backup with the session;
 * the caller removes the half-made target.
 */
export const copyOnline = async (
  source: { readonly directory: string; readonly connection: ConnectionSettings },
  target: string,
  runAs: RunAs,
): Promise<string> =>
  withSession(source.connection, async (session) => {
    // Keeps the log segments that the copy will need, however much is written meanwhile; it ends with the session.
    const slot = `branch_${randomBytes(6).toString('hex')}`;
    await session.query('SELECT pg_create_physical_replication_slot($1, true, true)', [slot]);
    await session.query("SELECT pg_backup_start('branch', fast => true)");
    await copyRunning(source.directory, target, runAs);
    const { rows } = await session.query<Backup>(
      'SELECT lsn::text, labelfile, spcmapfile, pg_walfile_name(lsn) AS last FROM pg_backup_stop(wait_for_archive => false)',
    );
    const [backup] = rows;
    const first = backup?.labelfile.match(/\(file ([0-9A-F]{24})\)/)?.[1];
    if (!backup || !first) throw new Error('PostgreSQL ended the backup without saying where its log begins');
    await copyLog(source.directory, target, first, backup.last, runAs);
    const label = path.join(target, 'backup_label');
    await writeFile(label, backup.labelfile, { mode: 0o600 });
    await giveTo(runAs, label);
    return backup.lsn;
  });
