/** After an interruption: finds out whether the statement had finished, and removes or completes what it left half-done. */
import { LockNotAvailable } from '#domain/errors';
import type { Session } from '../session/session';
import { type Begun, halfRebuilt, indexNamed, type Leftover, type Worker } from './leftovers';

/** `not done`: nothing is left of it, it can be run again. */
export type Settled = 'done' | 'not done';

type Of<K extends Leftover['kind']> = Extract<Leftover, { kind: K }>;

const dropIndex = (session: Session, name: string) => session.query(`DROP INDEX CONCURRENTLY ${name}`);

const settleBuild = async (session: Session, { table, index, before }: Of<'index build'>): Promise<Settled> => {
  const found = await indexNamed(session, table, index);
  if (!found || found.oid === before) return 'not done';
  if (found.isFinished) return 'done';
  await dropIndex(session, found.name);
  return 'not done';
};

/** A drop makes the index INVALID first, and PostgreSQL cannot undo that, so we complete the drop. */
const settleDrop = async (session: Session, { index }: Of<'index drop'>): Promise<Settled> => {
  if (index === null) return 'not done';
  const { rows } = await session.query<{ name: string; isValid: boolean }>(
    `SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS name, i.indisvalid AS "isValid"
     FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE i.indexrelid = $1`,
    [index],
  );
  const [found] = rows;
  if (found?.isValid) return 'not done';
  if (found) await dropIndex(session, found.name);
  return 'done';
};

/** Rebuilding an index once more is harmless, so we do not find out which ones were already rebuilt. */
const settleRebuild = async (session: Session, leftover: Of<'index rebuild'>): Promise<Settled> => {
  const found = await halfRebuilt(session, leftover);
  for (const { oid, name } of found) if (!leftover.invalidBefore.includes(oid)) await dropIndex(session, name);
  return 'not done';
};

/** A partition whose detach is pending cannot be attached again, so we complete the detach. */
const settleDetach = async (session: Session, { parent, partition }: Of<'detach'>): Promise<Settled> => {
  if (parent === null || partition === null) return 'not done';
  const { rows } = await session.query<{ parent: string; partition: string; isPending: boolean }>(
    `SELECT pg_catalog.format('%I.%I', pn.nspname, p.relname) AS parent,
            pg_catalog.format('%I.%I', cn.nspname, c.relname) AS partition, h.inhdetachpending AS "isPending"
     FROM pg_catalog.pg_inherits h
     JOIN pg_catalog.pg_class p ON p.oid = h.inhparent JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
     JOIN pg_catalog.pg_class c ON c.oid = h.inhrelid JOIN pg_catalog.pg_namespace cn ON cn.oid = c.relnamespace
     WHERE h.inhparent = $1 AND h.inhrelid = $2`,
    [parent, partition],
  );
  const [attached] = rows;
  if (!attached) return 'done';
  if (!attached.isPending) return 'not done';
  await session.query(`ALTER TABLE ${attached.parent} DETACH PARTITION ${attached.partition} FINALIZE`);
  return 'done';
};

/** 10 s: a backend looks for such a request whenever it waits or has done a little work. */
const endWithinMs = 10_000;

// The process that would have recorded its end is gone; otherwise it would hold the ledger's lock, which we have now.
const endWorker = async (session: Session, { pid, startedAt }: Worker) => {
  const { rows } = await session.query<{ isGone: boolean }>(
    `SELECT pg_catalog.pg_terminate_backend(pid, ${endWithinMs}) AS "isGone" FROM pg_catalog.pg_stat_activity
     WHERE pid = $1 AND backend_start = $2::timestamptz`,
    [pid, startedAt],
  );
  if (rows.some(({ isGone }) => !isGone))
    throw new LockNotAvailable(
      `the statement of an earlier attempt still runs in process ${pid} and did not end within ${endWithinMs / 1000} s; this attempt changed nothing`,
    );
};

const settleByKind = (session: Session, leftover: Leftover): Promise<Settled> => {
  switch (leftover.kind) {
    case 'index build':
      return settleBuild(session, leftover);
    case 'index drop':
      return settleDrop(session, leftover);
    case 'index rebuild':
      return settleRebuild(session, leftover);
    case 'detach':
      return settleDetach(session, leftover);
    case 'nothing left':
      return Promise.resolve('not done');
  }
};

/**
 * Ends the session that ran the statement when the server still runs it, and reads the catalog. Errors: LockNotAvailable
 * when what is left cannot be removed yet. Call it with the ledger's lock held, the search_path hidden, and outside a
 * transaction.
 */
export const settleLeftover = async (session: Session, begun: Begun): Promise<Settled> => {
  await endWorker(session, begun.worker);
  return settleByKind(session, begun);
};
