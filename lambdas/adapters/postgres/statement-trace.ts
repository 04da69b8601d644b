/**
 * What a statement did to the relations that were there before the transaction, read in the same transaction: locks from
 * pg_locks, rewrites from pg_class.relfilenode, rows scanned from the statistics that the transaction gathered itself.
 */
import { hideSearchPath, restoreSearchPath } from './search-path';
import type { Session } from './session';

type Relation = { readonly oid: number; readonly name: string; readonly storage: number };
type Seen = { readonly oid: number; readonly mode: string; readonly storage: number; readonly scanned: number };

export type Observation = {
  /** Only those that this look saw for the first time. */
  readonly locks: readonly { readonly relation: string; readonly mode: string }[];
  readonly rewritten: readonly string[];
  readonly rowsScanned: number;
};

/** Looks at what happened since the last look. Objects that the transaction made itself are never in the answer. */
export type Trace = () => Promise<Observation>;

// A sequence changes its storage with every ALTER; that is 8 kB and no rewrite. Views and partitioned tables have none.
const storage = `(CASE WHEN c.relkind IN ('r', 'm', 'i') THEN c.relfilenode ELSE 0 END) AS storage`;

const relationsQuery = `
SELECT c.oid, n.nspname || '.' || c.relname AS name, ${storage}
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname NOT IN ('information_schema', 'migration_checklist') AND n.nspname NOT LIKE 'pg\\_%'`;

// 16384 is FirstNormalObjectId (access/transam.h): below it lie PostgreSQL's own catalogs, which every statement reads.
// For a table, tuples returned are the rows of its sequential scans: seq_tup_read of pg_stat_xact_user_tables.
const lookQuery = `
SELECT l.relation AS oid, l.mode, ${storage},
       (CASE WHEN c.relkind IN ('r', 'm') THEN pg_catalog.pg_stat_get_xact_tuples_returned(c.oid) ELSE 0 END)::float8 AS scanned
FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_class c ON c.oid = l.relation
WHERE l.locktype = 'relation' AND l.granted AND l.pid = pg_catalog.pg_backend_pid() AND l.relation >= 16384
ORDER BY l.relation, l.mode`;

const oneRoundTrip = async <Row>(session: Session, query: string): Promise<readonly Row[]> => {
  // pg gives one result per statement, which its types do not know; the query's stands behind the two that hide the path.
  const results: unknown = await session.query(`${hideSearchPath}; ${query}; ${restoreSearchPath}`);
  return (results as readonly { rows: readonly Row[] }[])[2]?.rows ?? [];
};

/** To be called at the start of the transaction, before its first statement. */
export const startTrace = async (session: Session): Promise<Trace> => {
  const relations = await oneRoundTrip<Relation>(session, relationsQuery);
  const existing = new Map(relations.map((relation) => [relation.oid, relation]));
  const held = new Set<string>();
  const scanned = new Map<number, number>();

  return async () => {
    const locks: { relation: string; mode: string }[] = [];
    const rewritten = new Set<string>();
    let rowsScanned = 0;
    for (const seen of await oneRoundTrip<Seen>(session, lookQuery)) {
      const relation = existing.get(seen.oid);
      if (!relation) continue;
      const lock = `${seen.oid} ${seen.mode}`;
      if (!held.has(lock)) locks.push({ relation: relation.name, mode: seen.mode });
      held.add(lock);
      // 0: the relation is gone by now, dropped by this very statement.
      if (seen.storage !== 0 && seen.storage !== relation.storage) {
        rewritten.add(relation.name);
        existing.set(seen.oid, { ...relation, storage: seen.storage });
      }
      const before = scanned.get(seen.oid) ?? 0;
      // A table is listed once per lock mode; the second time nothing is new.
      rowsScanned += Math.max(0, seen.scanned - before);
      scanned.set(seen.oid, Math.max(before, seen.scanned));
    }
    return { locks, rewritten: [...rewritten].sort(), rowsScanned };
  };
};
