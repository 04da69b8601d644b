/** Box 3.5, as far as the review can predict it: who has to wait, and for how long. */
import { blockedBy } from '#domain/locks/lock-modes';
import type { PredictedLock } from '#domain/locks/prediction';
import type { ReviewContext } from '../context';
import { impactsOf, type StatementImpact } from '../impact';
import type { Rule } from '../rule';

const box = '3.5';

const seconds = (ms: number | null) => (ms === null ? 'an unknown time' : `about ${(ms / 1000).toFixed(1)} s`);

type Blocking = { readonly lock: PredictedLock; readonly impact: StatementImpact };

/** Locks that stop somebody for too long, or for nobody knows how long. */
const blockingLocks = (context: ReviewContext): readonly Blocking[] =>
  impactsOf(context).flatMap((impact) =>
    impact.locks
      .filter(({ mode }) => blockedBy[mode] !== 'nobody' && (impact.heldMs === null || impact.heldMs > context.limitMs))
      .map((lock) => ({ lock, impact })),
  );

const findingOf = (context: ReviewContext, { lock: { table, mode }, impact }: Blocking, what: string) => {
  const traffic = context.sizes.get(table);
  const busy =
    traffic && traffic.rowsWritten + traffic.indexScans + traffic.sequentialScans === 0
      ? ' (nobody has used it since statistics began)'
      : '';
  return {
    line: impact.statement.line,
    message: `${what} ${table} under ${mode}: ${blockedBy[mode]} wait ${seconds(impact.heldMs)}${busy}`,
  };
};

const workRule = (
  described: Pick<Rule, 'id' | 'severity' | 'title' | 'why' | 'remedy'>,
  works: readonly PredictedLock['work'][],
  what: string,
): Rule => ({
  ...described,
  box,
  check: (context) =>
    blockingLocks(context)
      .filter(({ lock }) => works.includes(lock.work))
      .map((blocking) => findingOf(context, blocking, what)),
});

export const tableRewrite = workRule(
  {
    id: 'table-rewrite',
    severity: 'stop',
    title: 'A large table is rewritten under a lock',
    why: 'Each row is written anew, with all indexes, while readers and writers wait.',
    remedy: 'Add a column without a volatile default, fill it in batches outside the migration, and switch over later.',
  },
  ['rewrite'],
  'this rewrites',
);

export const scanUnderLock = workRule(
  {
    id: 'scan-under-lock',
    severity: 'stop',
    title: 'A large table is read through under a lock',
    why: 'The check of the rows that are there takes as long as reading them, and others wait.',
    remedy:
      'Add the constraint NOT VALID and VALIDATE it in a later migration, which blocks nobody; a valid CHECK (… IS NOT NULL) spares SET NOT NULL its scan.',
  },
  ['scan'],
  'this reads all rows of',
);

export const indexBlocksWrites = workRule(
  {
    id: 'index-blocks-writes',
    severity: 'stop',
    title: 'Building an index stops writers of a large table',
    why: 'CREATE INDEX lets readers pass and stops INSERT, UPDATE and DELETE until it is done.',
    remedy:
      'Build it with CREATE INDEX CONCURRENTLY: the migration then runs in several units, each of which is committed for itself. Of a partitioned table, CREATE INDEX … ON ONLY it, build one CONCURRENTLY on each partition, then ALTER INDEX … ATTACH PARTITION.',
  },
  ['index build'],
  'this builds an index on',
);

export const lockHeldLong: Rule = {
  id: 'lock-held-long',
  severity: 'warn',
  box,
  title: 'A lock is held while something else takes long',
  why: 'A lock is held until the commit: a quick ALTER TABLE before a long statement blocks as long as the long one runs.',
  remedy: 'Put the statement that locks last, or the long one into a migration of its own.',
  check: (context) =>
    blockingLocks(context)
      .filter(({ lock }) => lock.work === 'none')
      .map((blocking) => findingOf(context, blocking, 'a later statement takes long, while this one locks')),
};
