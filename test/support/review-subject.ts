/** Builders of what the review looks at. */
import type { Catalog, CatalogObject } from '#domain/catalog/catalog';
import type { LedgerEntry } from '#domain/ledger/ledger';
import { parseMigration } from '#domain/migration/parse-migration';
import type { ImpactSubject } from '#domain/review/subject';
import type { TableStatistics } from '#domain/tables/statistics';

const commented = (line: string) => (line.trim() === '' ? '--' : `-- ${line}`);

/** A complete file around the statements: purpose, a comment above, the rollback as comments. */
export const migrationFile = (sql: string, rollback: string): string =>
  `-- Purpose: an example.\n\n-- What it does.\n${sql}\n\n-- ROLLBACK\n${rollback.split('\n').map(commented).join('\n')}\n`;

/** The first line of the statements in a file that migrationFile made. */
export const firstLine = 4;

export const ledgerEntry = (migration: string): LedgerEntry => ({
  version: migration.split('_')[0] ?? '',
  migration,
  sha256: '0'.repeat(64),
  runId: 'run-1',
  appliedBy: 'ada',
  appliedAt: '2026-11-01T10:00:00.000Z',
  durationMs: 1,
  catalogFingerprint: null,
  rolledBackAt: null,
});

export const sizeOf = (table: string, changes: Partial<TableStatistics> = {}): TableStatistics => ({
  table,
  sizeBytes: 8192,
  estimatedRows: 10,
  sequentialScans: 1,
  indexScans: 1,
  rowsWritten: 1,
  countedSeconds: 3600,
  ...changes,
});

const object = (kind: string, identity: string, definition: CatalogObject['definition']): CatalogObject => ({
  kind,
  identity,
  definition,
});

/** public.orders (order_id bigint key, note character varying(20)) with an index on note, and a view and a function over it. */
export const ordersCatalog: Catalog = {
  objects: [
    object('table', 'public.orders', {}),
    object('column', 'public.orders.order_id', { type: 'bigint', isNullable: false, position: 1 }),
    object('column', 'public.orders.note', { type: 'character varying(20)', isNullable: true, position: 2 }),
    object('constraint', 'public.orders.orders_pkey', { type: 'primary key', columns: 'order_id' }),
    object('index', 'public.orders_pkey', {
      table: 'public.orders',
      columns: 'order_id',
      isUnique: true,
      isValid: true,
      constraint: 'orders_pkey',
    }),
    object('index', 'public.orders_note_idx', {
      table: 'public.orders',
      columns: 'note',
      isUnique: false,
      isValid: true,
    }),
    object('view', 'public.noted', { definition: 'SELECT order_id FROM public.orders WHERE note IS NOT NULL' }),
    object('function', 'public.touch()', { definition: 'BEGIN NEW.updated_at = now(); RETURN NEW; END' }),
  ],
};

/** A migration of these statements over an empty database, unless more is given. */
export const subjectOf = async (
  sql: string,
  rollback = 'SELECT 1;',
  changes: Partial<Omit<ImpactSubject, 'migration'>> = {},
): Promise<ImpactSubject> => ({
  migration: await parseMigration('005_example.sql', Buffer.from(migrationFile(sql, rollback))),
  checks: null,
  catalog: { objects: [] },
  ledger: [],
  statistics: [],
  ...changes,
});
