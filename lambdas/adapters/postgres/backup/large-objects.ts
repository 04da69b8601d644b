/** Writes large objects as statements: contents, owner, comment, privileges; one at a time, in parts. */
import { createHash } from 'node:crypto';
import type { TableCopy } from '#domain/backup/backup';
import type { Session } from '../session/session';

// 256 kB become half a megabyte of text, which is small beside the rest of a dump.
const partBytes = 256 * 1024;

/** For each object its id, and the statements that come after its contents. */
const largeObjects = `
SELECT l.oid::text AS id,
       format(E'ALTER LARGE OBJECT %s OWNER TO %I;\\n', l.oid, pg_get_userbyid(l.lomowner))
       || coalesce(format(E'COMMENT ON LARGE OBJECT %s IS %L;\\n', l.oid, obj_description(l.oid, 'pg_largeobject')), '')
       || CASE WHEN l.lomacl IS NULL THEN '' ELSE
            format(E'REVOKE ALL ON LARGE OBJECT %s FROM %I;\\n', l.oid, pg_get_userbyid(l.lomowner))
            || coalesce((
                 SELECT string_agg(format(E'GRANT %s ON LARGE OBJECT %s TO %s%s;\\n', a.privilege_type, l.oid,
                                     CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END,
                                     CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END),
                                   '' ORDER BY pg_get_userbyid(a.grantee), a.privilege_type)
                   FROM aclexplode(l.lomacl) a), '') END AS rest
  FROM pg_largeobject_metadata l ORDER BY l.oid`;

async function* contentsOf(session: Session, id: string): AsyncGenerator<string> {
  for (let from = 0; ; from += partBytes) {
    const { rows } = await session.query<{ hex: string }>(
      "SELECT encode(lo_get($1::oid, $2::bigint, $3::int), 'hex') AS hex",
      [id, from, partBytes],
    );
    const hex = rows[0]?.hex ?? '';
    if (hex) yield `SELECT pg_catalog.lo_put(${id}, ${from}, '\\x${hex}');\n`;
    if (hex.length < 2 * partBytes) return;
  }
}

/** Yields the statements; returns how many objects there are and the hash of their statements, null when there are none. */
export async function* dumpLargeObjects(session: Session): AsyncGenerator<string, TableCopy | null> {
  const { rows } = await session.query<{ id: string; rest: string }>(largeObjects);
  const hash = createHash('sha256');
  const statements = async function* () {
    for (const { id, rest } of rows) {
      yield `SELECT pg_catalog.lo_create('${id}');\n`;
      yield* contentsOf(session, id);
      yield rest;
    }
  };
  for await (const statement of statements()) {
    hash.update(statement);
    yield statement;
  }
  return rows.length ? { table: 'pg_catalog.pg_largeobject', rows: rows.length, sha256: hash.digest('hex') } : null;
}
