/**
 * What a statement did to the relations that were there before the transaction, read in the same transaction: locks from
 * pg_locks, rewrites from relfilenode, rows from the statistics that the transaction gathered itself, log and sizes.
 */
import type { TableRows } from '#domain/dry-run/measured';
import type { Session } from '../session/session';
import { type LogMark, logWithin } from './server-log';
import {
  type Existing,
  knownValues,
  lockKey,
  type Preparing,
  readExisting,
  readSeen,
  type Seen,
} from './trace-queries';

export type Observation = {
  /** Only those that this look saw for the first time. */
  readonly locks: readonly { readonly relation: string; readonly mode: string }[];
  /** Tables and materialized views whose rows lie in new storage. */
  readonly rewritten: readonly string[];
  /** Those that got new, empty storage: TRUNCATE. Only filled where sizes are read. */
  readonly emptied: readonly string[];
  /** Indexes that were rebuilt. */
  readonly rebuilt: readonly string[];
  readonly rowsScanned: number;
  readonly rowsWritten: number;
  readonly tables: readonly TableRows[];
  /** Null when others wrote too, on the whole server: a backup that is restored beside the dry run, for example. */
  readonly walBytes: number | null;
  /** Null where others write in this database. */
  readonly sizeChangeBytes: number | null;
};

export type Look = {
  /** Of what happened since the last look; of objects that the transaction made itself only the size. */
  readonly observed: Observation;
  /**
   * When the look began and ended, in this process's clock, converted from the server's: it separates what came before and after.
   */
  readonly beganAtMs: number;
  readonly endedAtMs: number;
};

/** The next statement may be sent before the answer arrives, because a look asks the server for everything at once. */
export type Trace = () => Promise<Look>;

/** What is known of a relation from the looks so far. */
type Known = {
  readonly oid: number;
  /** Null for what the migration made itself, and for what lies in schemas that are not the user's. */
  readonly name: string | null;
  readonly kind: Existing['kind'];
  /** The table whose size a change of this one changes. */
  readonly table: number | null;
  storage: number;
  scanned: number;
  written: number;
  updated: number;
  deleted: number;
  totalBytes: number;
  rowBytes: number;
};

const nothingRead = { storage: 0, scanned: 0, written: 0, updated: 0, deleted: 0, totalBytes: 0, rowBytes: 0 };

const existingOne = ({ table, totalBytes, rowBytes, ...relation }: Existing): Known => ({
  ...nothingRead,
  ...relation,
  table: relation.kind === 'rows' ? relation.oid : table,
  totalBytes: totalBytes ?? 0,
  rowBytes: rowBytes ?? 0,
});

const newKinds: Readonly<Record<string, Existing['kind']>> = { r: 'rows', m: 'rows', i: 'index', I: 'index' };

// A TOAST relation ("t") is weighed with its table.
const newOne = ({ oid, relkind, table }: Seen): Known => {
  const kind = newKinds[relkind ?? ''] ?? 'other';
  return { ...nothingRead, oid, name: null, kind, table: kind === 'index' || relkind === 't' ? table : oid };
};

/** Updates the known relations from a look, and returns what is new. */
const takeIn = (known: Known, { storage, scanned, written, updated, deleted }: Seen) => {
  const isMoved = known.kind !== 'other' && storage !== 0 && storage !== known.storage;
  const rowsScanned = Math.max(0, scanned - known.scanned);
  // TRUNCATE resets what the transaction had counted before.
  const since = (now: number, before: number) => Math.max(0, now - before);
  const rowsWritten = since(written, known.written);
  const [rowsUpdated, rowsDeleted] = [since(updated, known.updated), since(deleted, known.deleted)];
  Object.assign(known, { storage, scanned: known.scanned + rowsScanned, written, updated, deleted });
  return { isMoved, rowsScanned, rowsWritten, rowsUpdated, rowsDeleted };
};

const rowsIn = (table: string, scanned: number, change: ReturnType<typeof takeIn>): TableRows => {
  const { rowsWritten, rowsUpdated: updated, rowsDeleted: deleted } = change;
  return { table, scanned, inserted: Math.max(0, rowsWritten - updated - deleted), updated, deleted };
};

/** A session that only reads makes no table larger. */
const isOnlyRead = (mode: string | null) => mode === 'AccessShareLock' || mode === 'RowShareLock';

/** New storage needs an AccessExclusiveLock, which on an index hardly anything takes. */
const isWatched = ({ kind, name }: Known, mode: string | null) =>
  kind === 'rows' || (kind === 'index' && name !== null && mode === 'AccessExclusiveLock');

type Weight = Pick<Seen, 'totalBytes' | 'rowBytes'>;

const namesOf = (relations: readonly Known[]) => relations.map(({ name }) => name ?? '').sort();

/**
 * Call it at the start of the transaction; the first look comes before the first statement, and what it shows is not the
 * migration's. `isAlone` means that nobody else writes in this database, as on a branch: only then are log and sizes the
 * statement's own.
 */
export const startTrace = async (
  session: Session,
  { isAlone, isPrepared }: Preparing & { readonly isAlone: boolean },
): Promise<Trace> => {
  const existing = await readExisting(session, isAlone);
  const relations = new Map(existing.relations.map((relation) => [relation.oid, existingOne(relation)]));
  const knownLocks: number[] = [];
  /** Relations that can change while no new lock on them is taken. */
  const watched = new Set<Known>();
  let lastLog = existing.log;

  /** How much the tables have grown together, and which became empty. */
  const weigh = (tables: ReadonlyMap<number, Weight>) => {
    let changeBytes = 0;
    const emptied = new Set<Known>();
    for (const [oid, { totalBytes, rowBytes }] of tables) {
      const known = relations.get(oid);
      if (!known) continue;
      if (known.rowBytes > 0 && rowBytes === 0) emptied.add(known);
      changeBytes += (totalBytes ?? 0) - known.totalBytes;
      Object.assign(known, { totalBytes: totalBytes ?? 0, rowBytes: rowBytes ?? 0 });
    }
    return { changeBytes, emptied };
  };

  const observe = ({ seen: all, log }: { readonly seen: readonly Seen[]; readonly log: LogMark }): Observation => {
    const locks: { relation: string; mode: string }[] = [];
    const moved: Known[] = [];
    const resized = new Map<number, Weight>();
    const tables: TableRows[] = [];
    let [rowsScanned, rowsWritten] = [0, 0];
    for (const seen of all) {
      const { oid, mode } = seen;
      const known = relations.get(oid) ?? newOne(seen);
      relations.set(oid, known);
      const change = takeIn(known, seen);
      if (mode !== null) knownLocks.push(lockKey(oid, mode));
      if (isWatched(known, mode)) watched.add(known);
      if (!isOnlyRead(mode) && known.table !== null && known.table === (seen.table ?? oid))
        resized.set(known.table, seen);
      if (known.name === null) continue;
      if (mode !== null) locks.push({ relation: known.name, mode });
      if (change.isMoved) moved.push(known);
      // What an index returned is counted for its table already, or was no sequential scan.
      const scanned = known.kind === 'rows' ? change.rowsScanned : 0;
      rowsScanned += scanned;
      rowsWritten += change.rowsWritten;
      if (scanned + change.rowsWritten > 0) tables.push(rowsIn(known.name, scanned, change));
    }
    const { changeBytes, emptied } = weigh(isAlone ? resized : new Map());
    const walBytes = isAlone ? logWithin(lastLog, log) : null;
    lastLog = log;
    const movedTables = moved.filter(({ kind }) => kind === 'rows');
    return {
      locks: locks.sort((one, other) => (one.relation < other.relation ? -1 : 1)),
      rewritten: namesOf(movedTables.filter((known) => !emptied.has(known))),
      emptied: namesOf(movedTables.filter((known) => emptied.has(known))),
      rebuilt: namesOf(moved.filter(({ kind }) => kind === 'index')),
      rowsScanned,
      rowsWritten,
      tables: tables.sort((one, other) => (one.table < other.table ? -1 : 1)),
      walBytes,
      sizeChangeBytes: isAlone ? changeBytes : null,
    };
  };

  let values = knownValues({ locks: knownLocks, watched });
  let clockDifferenceMs: number | null = null;
  return async () => {
    const sentAtMs = performance.now();
    const { beganAtMs, endedAtMs, ...now } = await readSeen(session, values, { isAlone, isPrepared });
    // As if the answer had taken no time: measured against this process's clock, a lock is then never counted as shorter than it
    // was.
    clockDifferenceMs ??= sentAtMs - endedAtMs;
    const observed = observe(now);
    knownLocks.sort((one, other) => one - other);
    values = knownValues({ locks: knownLocks, watched });
    return { observed, beganAtMs: beganAtMs + clockDifferenceMs, endedAtMs: endedAtMs + clockDifferenceMs };
  };
};
