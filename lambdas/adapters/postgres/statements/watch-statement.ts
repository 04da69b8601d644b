/**
 * What a statement outside a transaction does to the relations that were there before, seen from a second session while it runs:
 * it commits in steps, so no query inside it could show that. A look may miss what lasted less than the time between two looks.
 */
import type { HeldLock, StatementRun, TableRows } from '#domain/dry-run/measured';
import { collectNotices } from '../session/notices';
import type { Session } from '../session/session';
import { logBetween } from './server-log';
import { rounded } from './statement-runner';
import { readExisting } from './trace-queries';
import { watchLocks } from './watch-locks';

type Counts = Omit<TableRows, 'table'> & { readonly oid: number };

const countsQuery = `
SELECT c.oid, pg_catalog.pg_stat_get_tuples_returned(c.oid)::float8 AS scanned,
       pg_catalog.pg_stat_get_tuples_inserted(c.oid)::float8 AS inserted,
       pg_catalog.pg_stat_get_tuples_updated(c.oid)::float8 AS updated,
       pg_catalog.pg_stat_get_tuples_deleted(c.oid)::float8 AS deleted
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.oid >= 16384 AND c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_toast', 'migration_checklist')`;

type Moment = Awaited<ReturnType<typeof readExisting>> & { readonly counts: readonly Counts[] };

const readMoment = async (witness: Session, isAlone: boolean): Promise<Moment> => ({
  ...(await readExisting(witness, isAlone)),
  counts: (await witness.query<Counts>(countsQuery)).rows,
});

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

const readOnly = { inserted: 0, updated: 0, deleted: 0 } as const;

/** How much the counts have grown on the tables that were there before. */
const rowsBetween = (before: Moment, after: Moment): readonly TableRows[] => {
  const names = new Map(before.relations.map(({ oid, name }) => [oid, name]));
  const since = new Map(before.counts.map((counts) => [counts.oid, counts]));
  return after.counts.flatMap((now) => {
    const [table, earlier] = [names.get(now.oid), since.get(now.oid)];
    const grown = (count: keyof Counts) => Math.max(0, now[count] - (earlier?.[count] ?? now[count]));
    const rows = { scanned: grown('scanned'), inserted: grown('inserted'), updated: grown('updated') };
    const deleted = grown('deleted');
    return table !== undefined && sum([...Object.values(rows), deleted]) > 0 ? [{ table, ...rows, deleted }] : [];
  });
};

/** A table keeps its oid when it is rewritten. */
const rewritten = (before: Moment, after: Moment) => {
  const storages = new Map(after.relations.map(({ oid, storage }) => [oid, storage]));
  return before.relations
    .filter(({ kind, oid, storage }) => kind === 'rows' && storages.has(oid) && storages.get(oid) !== storage)
    .map(({ name }) => name)
    .sort();
};

/** REINDEX CONCURRENTLY builds another index and gives it the name. */
const rebuilt = (before: Moment, after: Moment) => {
  const storages = new Map(after.relations.map(({ name, storage }) => [name, storage]));
  return before.relations
    .filter(({ kind, name, storage }) => kind === 'index' && storages.has(name) && storages.get(name) !== storage)
    .map(({ name }) => name)
    .sort();
};

// The statistics of a session are written down within a second at the latest, or now (PostgreSQL 15 and newer).
const flushStatistics = async (worker: Session) => {
  await worker.query('SELECT pg_catalog.pg_stat_force_next_flush()');
  await worker.query('SELECT 1');
};

type Watched = Omit<StatementRun, 'index' | 'line' | 'summary' | 'rowsAffected'> & {
  readonly locks: readonly HeldLock[];
};

/**
 * `witness` must be a session of ours that is in no transaction; `isAlone` says that nobody else writes in this database, so
 * that log and sizes are the statement's own.
 */
export const watchStatement = async <T>(
  { worker, witness, isAlone }: { readonly worker: Session; readonly witness: Session; readonly isAlone: boolean },
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly watched: Watched }> => {
  const before = await readMoment(witness, isAlone);
  const names = new Map(before.relations.map(({ oid, name }) => [oid, name]));
  const {
    result: answer,
    locks,
    durationMs,
  } = await watchLocks({ worker, witness, names }, () => collectNotices(worker, work));
  await flushStatistics(worker);
  const after = await readMoment(witness, isAlone);
  const tables = rowsBetween(before, after);
  const sizeOf = ({ relations }: Moment) => sum(relations.map(({ totalBytes }) => totalBytes));
  return {
    result: answer.result,
    watched: {
      startedAtMs: 0,
      durationMs: rounded(durationMs),
      locks,
      notices: answer.notices,
      rewritten: rewritten(before, after),
      emptied: [],
      rebuilt: rebuilt(before, after),
      rowsScanned: sum(tables.map(({ scanned }) => scanned)),
      rowsWritten: sum(tables.map(({ inserted, updated, deleted }) => inserted + updated + deleted)),
      // Nothing that PostgreSQL refuses in a transaction changes rows: what was written meanwhile, others wrote.
      tables: tables
        .filter(({ scanned }) => scanned > 0)
        .map(({ table, scanned }) => ({ ...readOnly, table, scanned })),
      heldMs: rounded(durationMs),
      walBytes: isAlone ? logBetween(before.log, after.log) : null,
      sizeChangeBytes: isAlone ? sizeOf(after) - sizeOf(before) : null,
    },
  };
};
