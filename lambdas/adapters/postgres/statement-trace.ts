/**
 * What a statement did to the relations that were there before the transaction, read in the same transaction: locks from
 * pg_locks, rewrites from relfilenode, rows from the statistics that the transaction gathered itself, log and sizes.
 */

import type { Session } from './session';
import { type Existing, lockKey, type Preparing, readExisting, readSeen, readSizes, type Seen } from './trace-queries';

export type Observation = {
  /** Only those that this look saw for the first time. */
  readonly locks: readonly { readonly relation: string; readonly mode: string }[];
  /** Tables and materialized views whose rows lie in new storage. */
  readonly rewritten: readonly string[];
  /** Those that got new storage with nothing in it: TRUNCATE. Only told where sizes are read. */
  readonly emptied: readonly string[];
  /** Indexes that were built anew. */
  readonly rebuilt: readonly string[];
  readonly rowsScanned: number;
  readonly rowsWritten: number;
  /** Null where others write too, so that the log and the sizes would tell of them as well. */
  readonly walBytes: number | null;
  readonly sizeChangeBytes: number | null;
};

/** Looks at what happened since the last look. Of objects that the transaction made itself only the size is in the answer. */
export type Trace = () => Promise<Observation>;

/** What is known of a relation from the looks so far. */
type Known = {
  /** Null for what the migration made itself, and for what lies in schemas that are not the user's. */
  readonly name: string | null;
  readonly kind: Existing['kind'];
  /** The table whose size a change of this one changes. */
  readonly table: number | null;
  storage: number;
  scanned: number;
  written: number;
  totalBytes: number;
  rowBytes: number;
};

const nothingRead = { storage: 0, scanned: 0, written: 0, totalBytes: 0, rowBytes: 0 };

const existingOne = ({ oid, kind, table, totalBytes, rowBytes, ...relation }: Existing): Known => ({
  ...{ ...nothingRead, ...relation, kind, table: kind === 'rows' ? oid : table },
  ...{ totalBytes: totalBytes ?? 0, rowBytes: rowBytes ?? 0 },
});

const newKinds: Readonly<Record<string, Existing['kind']>> = { r: 'rows', m: 'rows', i: 'index', I: 'index' };

// A TOAST relation ("t") is weighed with its table.
const newOne = ({ oid, relkind, table }: Seen): Known => {
  const kind = newKinds[relkind ?? ''] ?? 'other';
  return { ...nothingRead, name: null, kind, table: kind === 'index' || relkind === 't' ? table : oid };
};

/** Brings what is known up to what was seen, and says what is new about it. */
const takeIn = (known: Known, { storage, scanned, written }: Seen) => {
  const isMoved = known.kind !== 'other' && storage !== 0 && storage !== known.storage;
  const rowsScanned = Math.max(0, scanned - known.scanned);
  // TRUNCATE takes back what the transaction had counted before.
  const rowsWritten = Math.max(0, written - known.written);
  const isWritten = written !== known.written;
  Object.assign(known, { storage, scanned: known.scanned + rowsScanned, written });
  return { isMoved, isWritten, rowsScanned, rowsWritten };
};

/** Those that only read, and so make no table larger. */
const readingModes: readonly (string | null)[] = [null, 'AccessShareLock', 'RowShareLock'];

/** New storage needs an AccessExclusiveLock, which on an index hardly anything takes. */
const isWatched = ({ kind, name }: Known, mode: string | null) =>
  kind === 'rows' || (kind === 'index' && name !== null && mode === 'AccessExclusiveLock');

type Weight = Pick<Seen, 'totalBytes' | 'rowBytes'> | 'not told';

/** An index that is gone does not lead to its table any more, nor does a TOAST relation: that one has to be asked for. */
const weightIn = ({ oid, table, totalBytes, rowBytes }: Seen, known: Known): Weight =>
  known.table === (table ?? oid) ? { totalBytes, rowBytes } : 'not told';

const namesOf = (relations: readonly Known[]) => relations.map(({ name }) => name ?? '').sort();

/**
 * To be called at the start of the transaction, before its first statement. `isAlone` says that nobody else writes in this
 * database, as on a branch: only then log and sizes are the statement's own.
 */
export const startTrace = async (
  session: Session,
  { isAlone, isPrepared }: Preparing & { readonly isAlone: boolean },
): Promise<Trace> => {
  const start = await readExisting(session, isAlone);
  const relations = new Map(start.relations.map((relation) => [relation.oid, existingOne(relation)]));
  const knownLocks: number[] = [];
  /** Relations that can change while no new lock on them is taken. */
  const watched = new Map<number, Known>();
  let { logEnd } = start;

  /** By how much the tables have changed together, and which are empty now and were not. */
  const weigh = async (tables: ReadonlyMap<number, Weight>) => {
    let changeBytes = 0;
    const emptied = new Set<Known>();
    const untold = [...tables].flatMap(([oid, weight]) => (weight === 'not told' ? [oid] : []));
    const told = [...tables].flatMap(([oid, weight]) => (weight === 'not told' ? [] : [{ oid, ...weight }]));
    for (const { oid, totalBytes, rowBytes } of [
      ...told,
      ...(untold.length > 0 ? await readSizes(session, untold) : []),
    ]) {
      const known = relations.get(oid);
      if (!known) continue;
      if (known.rowBytes > 0 && rowBytes === 0) emptied.add(known);
      changeBytes += (totalBytes ?? 0) - known.totalBytes;
      Object.assign(known, { totalBytes: totalBytes ?? 0, rowBytes: rowBytes ?? 0 });
    }
    return { changeBytes, emptied };
  };

  const look = async (): Promise<Observation> => {
    const changing = [...watched].map(([oid, known]) => ({ ...known, oid }));
    const now = await readSeen(session, { locks: knownLocks, watched: changing }, { isAlone, isPrepared });
    const locks: { relation: string; mode: string }[] = [];
    const moved: Known[] = [];
    const resized = new Map<number, Weight>();
    let [rowsScanned, rowsWritten] = [0, 0];
    for (const seen of now.seen) {
      const { oid, mode } = seen;
      const known = relations.get(oid) ?? newOne(seen);
      relations.set(oid, known);
      const change = takeIn(known, seen);
      if (mode !== null) knownLocks.push(lockKey(oid, mode));
      if (isWatched(known, mode)) watched.set(oid, known);
      const isTouched = !readingModes.includes(mode) || change.isMoved || change.isWritten;
      if (known.table !== null && isTouched) resized.set(known.table, weightIn(seen, known));
      if (known.name === null) continue;
      if (mode !== null) locks.push({ relation: known.name, mode });
      if (change.isMoved) moved.push(known);
      rowsScanned += change.rowsScanned;
      rowsWritten += change.rowsWritten;
    }
    const { changeBytes, emptied } = await weigh(isAlone ? resized : new Map());
    const walBytes = now.logEnd - logEnd;
    logEnd = now.logEnd;
    const tables = moved.filter(({ kind }) => kind === 'rows');
    return {
      locks: locks.sort((one, other) => (one.relation < other.relation ? -1 : 1)),
      rewritten: namesOf(tables.filter((known) => !emptied.has(known))),
      emptied: namesOf(tables.filter((known) => emptied.has(known))),
      rebuilt: namesOf(moved.filter(({ kind }) => kind === 'index')),
      ...{ rowsScanned, rowsWritten },
      ...(isAlone ? { walBytes, sizeChangeBytes: changeBytes } : { walBytes: null, sizeChangeBytes: null }),
    };
  };
  // What our own statements did in this transaction so far is not the migration's.
  await look();
  return look;
};
