/** Reads what makes large objects the same as before: a digest of each one's contents, and its owner and privileges. */
import type { LargeObject } from '#domain/tables/outside-tables';
import { ownerOf, privilegesOf } from './catalog/family';
import type { Session } from './session/session';

type Listed = { readonly oid: number; readonly rights: string; readonly isReadable: boolean };

/** Nobody but a superuser may read pg_largeobject itself, so it is asked who may read each object. */
const listQuery = `
SELECT l.oid,
  concat_ws('; ', ${ownerOf('l.lomowner')}, ${privilegesOf('l.lomacl', 'L', 'l.lomowner')}) AS "rights",
  pg_has_role(l.lomowner, 'USAGE') OR current_setting('lo_compat_privileges')::boolean OR EXISTS (
    SELECT FROM aclexplode(l.lomacl) a
    WHERE a.privilege_type = 'SELECT' AND (a.grantee = 0 OR pg_has_role(a.grantee, 'USAGE'))) AS "isReadable"
FROM pg_largeobject_metadata l ORDER BY l.oid`;

/** INV_READ of libpq/libpq-fs.h. */
const forReading = 0x40000;

// Opened, measured to its end and closed again, row by row: OFFSET keeps the opening from being done once per use.
const sizesQuery = `
SELECT oid, lo_lseek64(descriptor, 0, 2)::float8 AS "sizeBytes", lo_close(descriptor)
FROM (SELECT oid, lo_open(oid, ${forReading}) AS descriptor FROM unnest($1::oid[]) AS wanted(oid) OFFSET 0) AS opened`;

/** 1 MB: a large object may be larger than a value can be. */
const partBytes = 1024 * 1024;

const digestsQuery = `
SELECT wanted.oid, md5(string_agg(md5(lo_get(wanted.oid, part, ${partBytes})), '' ORDER BY part)) AS "contents"
FROM unnest($1::oid[], $2::bigint[]) AS wanted(oid, size)
CROSS JOIN generate_series(0, wanted.size, ${partBytes}) AS part
GROUP BY wanted.oid`;

/** As tables: a branch reads about 200 MB a second, three times in a rehearsal. */
const largestBytes = 2e9;

const objectsPerQuery = 1_000;

const inParts = async <T>(items: readonly T[], read: (part: readonly T[]) => Promise<void>) => {
  for (let from = 0; from < items.length; from += objectsPerQuery)
    await read(items.slice(from, from + objectsPerQuery));
};

/** Sorted by number. In a session of ours, in a transaction. */
export const readLargeObjects = async (session: Session): Promise<readonly LargeObject[]> => {
  const { rows: listed } = await session.query<Listed>(listQuery);
  const readable = listed.filter(({ isReadable }) => isReadable).map(({ oid }) => oid);
  const sizes: { readonly oid: number; readonly sizeBytes: number }[] = [];
  await inParts(readable, async (part) => {
    sizes.push(...(await session.query<{ oid: number; sizeBytes: number }>(sizesQuery, [part])).rows);
  });
  const contents = new Map<number, string>();
  if (sizes.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) <= largestBytes)
    await inParts(sizes, async (part) => {
      const { rows } = await session.query<{ oid: number; contents: string }>(digestsQuery, [
        part.map(({ oid }) => oid),
        part.map(({ sizeBytes }) => sizeBytes),
      ]);
      for (const row of rows) contents.set(row.oid, row.contents);
    });
  return listed.map(({ oid, rights }) => ({ oid, rights, contents: contents.get(oid) ?? null }));
};
