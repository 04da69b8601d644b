/** Watches the locks of a session from a second one, look by look. */
import { setTimeout as pause } from 'node:timers/promises';
import type { HeldLock } from '#domain/dry-run/measured';
import type { Session } from '../session/session';
import { rounded } from './statement-runner';

type Seen = { readonly oid: number; readonly mode: string };

/** From the last look without the lock to the next one without it: never less than the time it was held. */
type Span = {
  readonly relation: string;
  readonly mode: string;
  readonly fromMs: number;
  toMs: number;
  isHeld: boolean;
};

const locksQuery = `
SELECT relation AS oid, mode FROM pg_catalog.pg_locks
WHERE locktype = 'relation' AND granted AND pid = $1 AND relation >= 16384`;

/** 250 ms at most, and a twentieth of what has passed: no time is wrong by more than that. The first looks follow at once. */
const pauseMs = (elapsedMs: number) => Math.min(250, elapsedMs / 20);

/** All times count from the beginning of the statement. */
type Watch = {
  readonly pid: number;
  readonly names: ReadonlyMap<number, string>;
  elapsedMs(): number;
  isOver(): boolean;
};

const look = async (witness: Session, { pid, names, elapsedMs, isOver }: Watch): Promise<readonly Span[]> => {
  const spans: Span[] = [];
  let lastMs = 0;
  while (!isOver()) {
    const { rows } = await witness.query<Seen>(locksQuery, [pid]);
    const nowMs = elapsedMs();
    const held = new Set(rows.map(({ oid, mode }) => `${names.get(oid)} ${mode}`));
    for (const span of spans.filter(({ isHeld }) => isHeld)) {
      span.toMs = nowMs;
      span.isHeld = held.delete(`${span.relation} ${span.mode}`);
    }
    for (const { oid, mode } of rows) {
      const relation = names.get(oid);
      if (relation !== undefined && held.delete(`${relation} ${mode}`))
        spans.push({ relation, mode, fromMs: lastMs, toMs: nowMs, isHeld: true });
    }
    lastMs = nowMs;
    await pause(pauseMs(nowMs));
  }
  return spans;
};

/**
 * The times of a lock that was released and taken again are added up. A look that was under way when the statement ended is
 * answered after its end; the lock was released at the end at the latest.
 */
const heldLocks = (spans: readonly Span[], endMs: number): readonly HeldLock[] => {
  const locks = new Map<string, HeldLock>();
  for (const { relation, mode, fromMs, toMs, isHeld } of spans) {
    const key = `${relation} ${mode}`;
    const earlier = locks.get(key) ?? { fromMs: rounded(fromMs), heldMs: 0 };
    const heldMs = rounded(earlier.heldMs + (isHeld ? endMs : Math.min(toMs, endMs)) - fromMs);
    locks.set(key, { relation, mode, fromMs: earlier.fromMs, heldMs });
  }
  return [...locks.values()];
};

/** Server process id of a session. */
const processIdOf = async (session: Session): Promise<number> =>
  (await session.query<{ pid: number }>('SELECT pg_catalog.pg_backend_pid() AS pid')).rows[0]?.pid ?? 0;

/** `names` are the relations to report, by oid. Errors of the work, and of the witness when the work is done. */
export const watchLocks = async <T>(
  {
    worker,
    witness,
    names,
  }: { readonly worker: Session; readonly witness: Session; readonly names: ReadonlyMap<number, string> },
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly durationMs: number; readonly locks: readonly HeldLock[] }> => {
  const pid = await processIdOf(worker);
  let isOver = false;
  const startedAtMs = performance.now();
  const elapsedMs = () => performance.now() - startedAtMs;
  const looking = look(witness, { pid, names, elapsedMs, isOver: () => isOver });
  // A lost witness does not disturb the statement; its error is reported when the statement is over.
  looking.catch(() => undefined);
  try {
    const result = await work();
    const durationMs = elapsedMs();
    isOver = true;
    return { result, durationMs, locks: heldLocks(await looking, durationMs) };
  } finally {
    isOver = true;
    await looking.catch(() => undefined);
  }
};
