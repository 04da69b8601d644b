/** The scripts of single tables of a backup: its schema is restored without rows beside the target, and pg_dump is asked there. */
import { InvalidInput } from '#domain/errors';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import type { Clock } from '#lambdas/ports/ports';
import { scratchNameOf } from '../scratch/scratch-database';
import { withScratchDatabase } from '../scratch/with-scratch-database';
import { type Session, withSession } from '../session/session';
import { beginSnapshot, withReadingSession } from './backup-session';
import { defaultLockTimeoutMs, readServerVersion } from './open-dump';
import { withPgDump } from './pg-dump';
import { refuseAll, runDump } from './restore-dump';
import type { StoredFolder } from './stored-folder';
import { fitServer } from './write-dump';

export type TableScripts = {
  /** With partitions, as the manifest names them. */
  readonly tables: readonly string[];
  readonly before: string;
  readonly after: string;
  /** Sequences that come with the tables, as the contents name them. */
  readonly sequences: readonly string[];
  /** Foreign keys of other tables towards these. */
  readonly towards: readonly { readonly table: string; readonly name: string; readonly sql: string }[];
  /** Views and the like that need the tables, as the server describes them, with a name that can be looked up. */
  readonly dependents: readonly { readonly description: string; readonly relation: string }[];
};

const quotedName = "format('%I.%I', n.nspname, c.relname)";

const findTables = `
WITH named AS (SELECT name, to_regclass(name) AS oid FROM unnest($1::text[]) AS t(name))
SELECT named.name, c.oid IS NOT NULL AS "isThere",
       coalesce((SELECT array_agg(format('%I.%I', n.nspname, m.relname))
                   FROM (SELECT c.oid AS relid UNION SELECT p.relid FROM pg_partition_tree(c.oid) p) tree
                   JOIN pg_class m ON m.oid = tree.relid JOIN pg_namespace n ON n.oid = m.relnamespace), '{}') AS members
  FROM named LEFT JOIN pg_class c ON c.oid = named.oid AND c.relkind IN ('r', 'p')`;

const inTables = (oid: string) => `${oid} = ANY (SELECT to_regclass(name)::oid FROM unnest($1::text[]) AS t(name))`;

const ownSequences = `
SELECT ${quotedName} AS name FROM pg_depend d JOIN pg_class c ON c.oid = d.objid AND c.relkind = 'S' JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i') AND ${inTables('d.refobjid')}`;

const keysTowards = `
SELECT ${quotedName} AS "table", quote_ident(k.conname) AS name,
       format('ALTER TABLE %s ADD CONSTRAINT %I %s', ${quotedName}, k.conname, pg_get_constraintdef(k.oid)) AS sql
  FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE k.contype = 'f' AND k.conparentid = 0 AND ${inTables('k.confrelid')} AND NOT (${inTables('k.conrelid')}) ORDER BY 1, 2`;

const viewsThatNeed = `
WITH RECURSIVE need AS (
  SELECT to_regclass(name)::oid AS relation FROM unnest($1::text[]) AS t(name)
  UNION
  SELECT r.ev_class FROM need JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = need.relation
    JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
)
SELECT pg_describe_object('pg_class'::regclass, c.oid, 0) AS description, ${quotedName} AS relation
  FROM need JOIN pg_class c ON c.oid = need.relation JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('v', 'm') ORDER BY 1`;

const namesIn = async (session: Session, query: string, tables: readonly string[]) =>
  (await session.query<{ name: string }>(query, [tables])).rows.map(({ name }) => name);

const requireTables = async (session: Session, wanted: readonly string[]): Promise<readonly string[]> => {
  await session.query("SET search_path = 'public', pg_catalog");
  const { rows } = await session.query<{ name: string; isThere: boolean; members: string[] }>(findTables, [wanted]);
  await session.query("SET search_path = ''");
  const unknown = rows.filter(({ isThere }) => !isThere).map(({ name }) => name);
  if (unknown.length === 0) return [...new Set(rows.flatMap(({ members }) => members))].sort();
  const { rows: all } = await session.query<{ name: string }>(
    `SELECT ${quotedName} AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.oid >= 16384 AND n.nspname !~ '^pg_' ORDER BY 1`,
  );
  throw new InvalidInput(
    `the backup has no table ${unknown.map((name) => `"${name}"`).join(', ')}; it has: ${all.map(({ name }) => name).join(', ') || 'none'}`,
  );
};

const readScripts = (connection: ConnectionSettings, wanted: readonly string[]): Promise<TableScripts> =>
  withPgDump(defaultLockTimeoutMs, (pgDump) =>
    withReadingSession(connection, async (session) => {
      const server = await readServerVersion(session);
      await session.query(beginSnapshot);
      const tables = await requireTables(session, wanted);
      const scripts = {
        tables,
        sequences: await namesIn(session, ownSequences, tables),
        towards: (await session.query<TableScripts['towards'][number]>(keysTowards, [tables])).rows,
        dependents: (await session.query<TableScripts['dependents'][number]>(viewsThatNeed, [tables])).rows,
      };
      return {
        ...scripts,
        before: fitServer(await pgDump.dumpSection(session, 'pre-data', tables), server),
        after: fitServer(await pgDump.dumpSection(session, 'post-data', tables), server),
      };
    }),
  );

/** `wanted` as a person writes them: without a schema they are looked for in public. Errors: InvalidInput, those of a scratch database. */
export const readTableScripts = (
  connection: ConnectionSettings,
  folder: StoredFolder,
  wanted: readonly string[],
  clock: Clock,
): Promise<TableScripts> => {
  const tools = {
    clock,
    connection: async ({ database = connection.database }) => ({ ...connection, database }),
  };
  return withScratchDatabase(
    tools,
    { branchId: 'target' },
    scratchNameOf(`tables-of-${folder.manifestSha256.slice(0, 12)}`),
    async (scratch) => {
      await withSession(scratch, async (session) => {
        const { scripts } = folder.manifest;
        const before = await runDump(session, folder.readText(scripts['before-rows']), refuseAll);
        await runDump(session, folder.readText(scripts['after-rows']), refuseAll, { before: before.leftOut });
      });
      return readScripts(scratch, wanted);
    },
  );
};
