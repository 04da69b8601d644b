/** Values of sequences, which no rollback restores: read before and after, and restored where that is safe. */
import pg from 'pg';
import { type Session, sqlStateOf } from '../session/session';

type SequenceValue = {
  readonly oid: number;
  readonly name: string;
  readonly value: string;
  readonly isCalled: boolean;
};

/** By oid. */
export type SequenceValues = ReadonlyMap<number, SequenceValue>;

// The privilege is asked of pg_sequence's rows: of any other relation the question is an error.
const listQuery = `
SELECT c.oid, n.nspname AS schema, c.relname AS name
FROM pg_catalog.pg_sequence s JOIN pg_catalog.pg_class c ON c.oid = s.seqrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relpersistence <> 't' AND pg_catalog.has_sequence_privilege(s.seqrelid, 'SELECT')
  AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')`;

/** Those that the role may read. */
export const readSequences = async (session: Session): Promise<SequenceValues> => {
  const { rows: found } = await session.query<{ oid: number; schema: string; name: string }>(listQuery);
  if (found.length === 0) return new Map();
  // pg_sequences does not show whether the value was already returned.
  const reads = found.map(
    ({ oid, schema, name }) =>
      `SELECT ${oid} AS oid, ${pg.escapeLiteral(`${schema}.${name}`)} AS name, last_value::text AS value, is_called AS "isCalled" FROM ${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)}`,
  );
  const { rows } = await session.query<SequenceValue>(reads.join(' UNION ALL '));
  return new Map(rows.map((row) => [row.oid, row]));
};

/** currval() is an error in a session that has taken no value (SQLSTATE 55000). */
const wasUsedBy = async (session: Session, oid: number): Promise<boolean> => {
  try {
    await session.query('SELECT pg_catalog.currval($1::pg_catalog.oid::pg_catalog.regclass)', [oid]);
    return true;
  } catch (error) {
    if (sqlStateOf(error) === '55000') return false;
    throw error;
  }
};

const putBack = async (session: Session, { oid, value, isCalled }: SequenceValue): Promise<boolean> => {
  try {
    await session.query('SELECT pg_catalog.setval($1::pg_catalog.oid::pg_catalog.regclass, $2, $3)', [
      oid,
      value,
      isCalled,
    ]);
    return true;
  } catch (error) {
    if (sqlStateOf(error) === '42501') return false;
    throw error;
  }
};

/**
 * Restores the sequences that the user's session has advanced, unless another session may have taken values meanwhile: the server
 * would return those twice. Returns the ones that stay advanced, a few words each; what others advanced does not count.
 */
export const putSequencesBack = async (
  user: Session,
  {
    before,
    after,
    isQuiet,
  }: { readonly before: SequenceValues; readonly after: SequenceValues; readonly isQuiet: boolean },
): Promise<readonly string[]> => {
  const advanced: string[] = [];
  for (const was of before.values()) {
    const is = after.get(was.oid);
    if (!is || (is.value === was.value && is.isCalled === was.isCalled)) continue;
    if (!(await wasUsedBy(user, was.oid))) continue;
    if (isQuiet && (await putBack(user, was))) continue;
    const why = isQuiet ? 'the role may not set it' : 'other sessions were at work and may have used it';
    advanced.push(`sequence ${was.name}: ${was.value} before, ${is.value} after; not put back, ${why}`);
  }
  return advanced;
};
