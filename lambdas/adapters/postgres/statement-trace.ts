/**
 * What a statement did to the relations that were there before the transaction, read in the same transaction: locks from
 * pg_locks, rewrites from relfilenode, rows from the statistics that the transaction gathered itself, log and sizes.
 */

import type { Session } from './session';
import { readExisting, readSeen, type Seen } from './trace-queries';

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

/**
 * To be called at the start of the transaction, before its first statement. `isAlone` says that nobody else writes in this
 * database, as on a branch: only then log and sizes are the statement's own.
 */
export const startTrace = async (session: Session, { isAlone }: { readonly isAlone: boolean }): Promise<Trace> => {
  const start = await readExisting(session, isAlone);
  const existing = new Map(start.relations.map((relation) => [relation.oid, relation]));
  const held = new Set<string>();
  const counted = new Map<number, Pick<Seen, 'scanned' | 'written'>>();
  const sizes = new Map(start.relations.map(({ oid, sizeBytes }) => [oid, sizeBytes]));
  const storages = new Map(start.relations.map(({ oid, storage }) => [oid, storage]));
  let logEnd = start.logEnd;

  return async () => {
    const look = await readSeen(session, isAlone);
    const locks: { relation: string; mode: string }[] = [];
    const changed = {
      rewritten: [] as string[],
      emptied: [] as string[],
      rebuilt: [] as string[],
    };
    const total = { rowsScanned: 0, rowsWritten: 0, sizeChangeBytes: 0 };
    for (const { oid, mode, storage, scanned, written, sizeBytes } of look.seen) {
      const relation = existing.get(oid);
      const sizeBefore = sizes.get(oid) ?? 0;
      if (sizeBytes !== null) {
        total.sizeChangeBytes += sizeBytes - sizeBefore;
        sizes.set(oid, sizeBytes);
      }
      if (!relation || relation.name === null) continue;
      if (!held.has(`${oid} ${mode}`)) locks.push({ relation: relation.name, mode });
      held.add(`${oid} ${mode}`);
      // A relation is listed once per lock mode; the second time nothing is new.
      const before = counted.get(oid) ?? { scanned: 0, written: 0 };
      total.rowsScanned += Math.max(0, scanned - before.scanned);
      total.rowsWritten += Math.max(0, written - before.written);
      counted.set(oid, { scanned: Math.max(scanned, before.scanned), written: Math.max(written, before.written) });
      // Null: the relation is gone by now, dropped by this very statement, or has no storage that means anything.
      if (storage === null || storage === storages.get(oid)) continue;
      storages.set(oid, storage);
      if (relation.kind === 'index') changed.rebuilt.push(relation.name);
      else if (relation.kind === 'rows')
        changed[sizeBytes === 0 && sizeBefore > 0 ? 'emptied' : 'rewritten'].push(relation.name);
    }
    const walBytes = look.logEnd - logEnd;
    logEnd = look.logEnd;
    return {
      locks,
      ...{
        rewritten: changed.rewritten.sort(),
        emptied: changed.emptied.sort(),
        rebuilt: changed.rebuilt.sort(),
      },
      ...{ rowsScanned: total.rowsScanned, rowsWritten: total.rowsWritten },
      walBytes: isAlone ? walBytes : null,
      sizeChangeBytes: isAlone ? total.sizeChangeBytes : null,
    };
  };
};
