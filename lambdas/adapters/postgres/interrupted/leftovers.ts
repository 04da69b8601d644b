/**
 * What a statement outside a transaction leaves behind when it is interrupted. Before it begins, a restart point records how to
 * find that out; afterwards the catalog shows whether it had finished, and what it left half-done is removed or completed.
 */
import type { Node } from 'libpg-query';
import pg from 'pg';
import { MigrationRefused } from '#domain/errors';
import type { SqlStatement } from '#domain/migration/migration';
import type { OutsideTransaction } from '#domain/sql/outside-transaction';
import { nodeOf, nodesOf, stringsOf } from '#domain/sql/syntax';
import type { Session } from '../session/session';

export type Leftover =
  | { readonly kind: 'index build'; readonly table: number; readonly index: string; readonly before: number | null }
  | { readonly kind: 'index drop'; readonly index: number | null }
  | {
      readonly kind: 'index rebuild';
      readonly relation: number | null;
      readonly schema: string | null;
      readonly invalidBefore: readonly number[];
    }
  | { readonly kind: 'detach'; readonly parent: number | null; readonly partition: number | null }
  | { readonly kind: 'nothing left' };

/** The session that runs the statement: when its process was lost, the server may continue it. */
export type Worker = { readonly pid: number; readonly startedAt: string };

export type Begun = Leftover & { readonly worker: Worker };

export const whoIs = async (session: Session): Promise<Worker> => {
  const { rows } = await session.query<Worker>(
    `SELECT pid, backend_start::pg_catalog.text AS "startedAt" FROM pg_catalog.pg_stat_activity
     WHERE pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid()`,
  );
  return rows[0] as Worker;
};

type Name = { readonly schemaname?: string; readonly relname?: string } | undefined;

const quoted = (parts: readonly string[]) => parts.map(pg.escapeIdentifier).join('.');

const quotedName = (name: Name) => quoted([...(name?.schemaname ? [name.schemaname] : []), name?.relname ?? '']);

/** As the session's search_path finds it. */
const oidOf = async (session: Session, name: string): Promise<number | null> => {
  const { rows } = await session.query<{ oid: number | null }>(
    'SELECT pg_catalog.to_regclass($1)::pg_catalog.oid AS oid',
    [name],
  );
  return rows[0]?.oid ?? null;
};

type FoundIndex = { readonly oid: number; readonly name: string; readonly isFinished: boolean };

/** By name, on that table. */
export const indexNamed = async (session: Session, table: number, index: string): Promise<FoundIndex | null> => {
  const { rows } = await session.query<FoundIndex>(
    `SELECT i.indexrelid AS oid, pg_catalog.format('%I.%I', n.nspname, c.relname) AS name,
            i.indisvalid AND i.indisready AND i.indislive AS "isFinished"
     FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE i.indrelid = $1 AND c.relname = $2`,
    [table, index],
  );
  return rows[0] ?? null;
};

const unfinishedBuild = (statement: SqlStatement, name: string) =>
  new MigrationRefused(
    `statement ${statement.index + 1} (line ${statement.line}): the index ${name} is there and INVALID, left by a CREATE INDEX CONCURRENTLY that failed and was not this run's; IF NOT EXISTS would take it for finished. Run DROP INDEX CONCURRENTLY ${name} by hand, then start again`,
  );

const beforeBuild = async (worker: Session, own: Session, statement: SqlStatement): Promise<Leftover> => {
  const build = nodeOf(statement.node, 'IndexStmt');
  const table = await oidOf(worker, quotedName(build?.relation));
  // There is no such table: PostgreSQL says so.
  if (table === null) return { kind: 'nothing left' };
  const index = build?.idxname ?? '';
  const before = await indexNamed(own, table, index);
  if (before && !before.isFinished) throw unfinishedBuild(statement, before.name);
  return { kind: 'index build', table, index, before: before?.oid ?? null };
};

/** The transient index of a rebuild and the old one that was not dropped yet; both INVALID, and named so by PostgreSQL. */
export const halfRebuilt = async (
  session: Session,
  { relation, schema }: { readonly relation: number | null; readonly schema: string | null },
): Promise<readonly FoundIndex[]> => {
  const { rows } = await session.query<FoundIndex>(
    `SELECT i.indexrelid AS oid, pg_catalog.format('%I.%I', n.nspname, c.relname) AS name, false AS "isFinished"
     FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     -- A TOAST table's index belongs to the table whose values are in it.
     LEFT JOIN pg_catalog.pg_class owner ON owner.reltoastrelid = i.indrelid
     JOIN pg_catalog.pg_class t ON t.oid = coalesce(owner.oid, i.indrelid)
     JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
     WHERE NOT i.indisvalid AND c.relname ~ '_cc(new|old)[0-9]*$'
       AND ($1::pg_catalog.oid IS NULL OR t.oid = $1
         OR t.oid IN (SELECT relid FROM pg_catalog.pg_partition_tree($1))
         OR t.oid IN (SELECT indrelid FROM pg_catalog.pg_index
                      WHERE indexrelid = $1 OR indexrelid IN (SELECT relid FROM pg_catalog.pg_partition_tree($1))))
       AND ($2::pg_catalog.text IS NULL OR tn.nspname = $2) ORDER BY i.indexrelid`,
    [relation, schema],
  );
  return rows;
};

const beforeRebuild = async (worker: Session, own: Session, { node }: SqlStatement): Promise<Leftover> => {
  const rebuild = nodeOf(node, 'ReindexStmt');
  const relation = rebuild?.relation ? await oidOf(worker, quotedName(rebuild.relation)) : null;
  if (rebuild?.relation && relation === null) return { kind: 'nothing left' };
  const where = { relation, schema: rebuild?.kind === 'REINDEX_OBJECT_SCHEMA' ? (rebuild.name ?? null) : null };
  return {
    kind: 'index rebuild' as const,
    ...where,
    invalidBefore: (await halfRebuilt(own, where)).map(({ oid }) => oid),
  };
};

const beforeDetach = async (worker: Session, { node }: SqlStatement): Promise<Leftover> => {
  const altered = nodeOf(node, 'AlterTableStmt');
  const [command] = nodesOf(altered?.cmds, 'AlterTableCmd');
  return {
    kind: 'detach',
    parent: await oidOf(worker, quotedName(altered?.relation)),
    partition: await oidOf(worker, quotedName(nodeOf(command?.def, 'PartitionCmd')?.name)),
  };
};

const beforeDrop = async (worker: Session, { node }: SqlStatement): Promise<Leftover> => {
  const [name] = nodesOf(nodeOf(node, 'DropStmt')?.objects as readonly Node[] | undefined, 'List');
  return { kind: 'index drop', index: await oidOf(worker, quoted(stringsOf(name?.items))) };
};

/**
 * Call it right before the statement. `worker` is the session that will run the statement, with the migration's search_path;
 * `own` is one of ours. Errors: MigrationRefused when an INVALID index of that name exists already.
 */
export const lookBefore = async (
  { worker, own }: { readonly worker: Session; readonly own: Session },
  statement: SqlStatement,
  { interrupted }: OutsideTransaction,
): Promise<Leftover> => {
  const looks: Readonly<Record<OutsideTransaction['interrupted'], () => Promise<Leftover>>> = {
    'index build': () => beforeBuild(worker, own, statement),
    'index drop': () => beforeDrop(worker, statement),
    'index rebuild': () => beforeRebuild(worker, own, statement),
    detach: () => beforeDetach(worker, statement),
    'nothing left': async () => ({ kind: 'nothing left' }),
  };
  return looks[interrupted]();
};
