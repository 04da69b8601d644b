import type { LedgerEntry } from '#domain/ledger/ledger';
import { versionsToTakeBack } from '#domain/ledger/take-back';

const row = (version: string, rolledBackAt: string | null = null): LedgerEntry => ({
  version,
  migration: `${version}_a.sql`,
  sha256: 'a'.repeat(64),
  runId: `run-${version}`,
  appliedBy: 'owner',
  appliedAt: `2026-11-${version.slice(1)}T00:00:00Z`,
  durationMs: 1,
  catalogFingerprint: null,
  rolledBackAt,
});

const ledger = [row('001'), row('002'), row('003', '2026-11-05T00:00:00Z'), row('004')];
const standing = { ledger, partial: [] };
const take = (migration: string, withLater = false) =>
  versionsToTakeBack(standing, { migration, withLater }).map(({ version }) => version);

test.each(['004_a.sql', '004', '4', 'run-004'])('%s names the version that was applied last', (named) => {
  expect(take(named)).toEqual(['004']);
});

test('what was applied later is named, and goes first where it is asked for', () => {
  expect(() => take('001')).toThrow(
    /^002_a\.sql, 004_a\.sql were applied after 001_a\.sql and may stand on it; nothing was rolled back/,
  );
  expect(take('001', true)).toEqual(['004', '002', '001']);
});

test('what was rolled back, what never stood and what stands in part are not taken back', () => {
  expect(() => take('003')).toThrow(/003_a\.sql: it was rolled back at 2026-11-05/);
  expect(() => take('009')).toThrow(
    /knows no migration "009".* expected a file, a version or a run of one that stands: 001_a\.sql, 002_a\.sql, 004_a\.sql$/,
  );
  const partial = [{ version: '005', runId: 'run-005', migration: '005_a.sql', committed: ['1 of 2'], units: 2 }];
  expect(() => versionsToTakeBack({ ledger, partial }, { migration: '005', withLater: false })).toThrow(
    /^005_a\.sql is partly applied: unit 1 of 2 is committed \(run run-005\)/,
  );
});
