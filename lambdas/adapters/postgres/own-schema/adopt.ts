/** Records in the ledger what another tool has applied. Nothing is run. */
import { MigrationRefused } from '#domain/errors';
import type { LedgerEntry } from '#domain/ledger/ledger';
import { versionKey } from '#domain/migration/file-name';
import type { Adoption } from '#lambdas/ports/database';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { lockDoor } from '../doors/tool-row';
import { readRows } from './ledger';
import { inLedger, recordState } from './version-states';

const refuseKnown = (rows: readonly LedgerEntry[], { entries }: Adoption) => {
  const known = new Set(rows.map(({ version }) => versionKey(version)));
  const twice = entries.find(({ version }) => known.has(versionKey(version)));
  if (twice)
    throw new MigrationRefused(
      `the ledger has version ${twice.version} since a moment ago; somebody else adopts or runs at the same time. Look with npm run status, then adopt again`,
    );
};

/** In the order of the entries: each a microsecond behind the one before it, because the ledger is read by time. */
const insertQuery = `
INSERT INTO migration_checklist.ledger (version, migration, sha256, run_id, applied_by, applied_at, duration_ms, tool_row, catalog_fingerprint)
SELECT version, migration, sha256, $1, $2, pg_catalog.clock_timestamp() + at * interval '1 microsecond', 0, "toolRow",
       CASE WHEN at = pg_catalog.jsonb_array_length($3::jsonb) THEN $4 END
FROM ROWS FROM (pg_catalog.jsonb_to_recordset($3::jsonb) AS (version text, migration text, sha256 text, "toolRow" jsonb))
  WITH ORDINALITY AS entry(version, migration, sha256, "toolRow", at)`;

/** All or nothing, under the lock of the ledger and those of the tool. Errors: MigrationRefused, LockNotAvailable. */
export const adopt = (connection: ConnectionSettings, adoption: Adoption): Promise<readonly LedgerEntry[]> =>
  inLedger(connection, 'the database could not be adopted', async (session) => {
    const { entries, runId, by, reason, catalogFingerprint, door } = adoption;
    if (door) await lockDoor(session, door);
    refuseKnown(await readRows(session), adoption);
    await session.query(insertQuery, [runId, by, JSON.stringify(entries), catalogFingerprint]);
    for (const { version, migration, sha256 } of entries)
      await recordState(session, { version, runId, migration, sha256 }, { state: 'adopted', reason, by });
    return (await readRows(session)).filter((row) => row.runId === runId);
  });
