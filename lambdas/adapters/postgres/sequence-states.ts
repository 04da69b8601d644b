/** Reads the values of sequences, and how far the columns are that they feed. */
import pg from 'pg';
import type { FedColumn, SequenceState } from '#domain/tables/outside-tables';
import type { Session } from './session/session';

type Listed = Omit<SequenceState, 'lastValue' | 'isCalled' | 'feeds'> & {
  readonly isReadable: boolean;
  readonly feeds: readonly (Omit<FedColumn, 'furthest'> & { readonly isReadable: boolean })[];
};

// A column is fed by its identity, or by a default that is nextval() of the sequence and nothing else. An extension's sequences are its own,
// but for those that it names as configuration, as in a backup.
const listQuery = `
SELECT c.oid, format('%I.%I', n.nspname, c.relname) AS "sequence", s.seqstart::text AS "start", s.seqincrement::text AS "increment",
  s.seqmin::text AS "minimum", s.seqmax::text AS "maximum", s.seqcycle AS "isCycling",
  has_sequence_privilege(s.seqrelid, 'SELECT') AND has_schema_privilege(n.oid, 'USAGE') AS "isReadable",
  owning."column" AS "ownedBy", coalesce(owning.deptype = 'i', false) AS "isIdentity",
  coalesce((
    SELECT json_agg(json_build_object(
        'column', format('%I.%I.%I', fn.nspname, f.relname, a.attname), 'table', format('%I.%I', fn.nspname, f.relname),
        'name', quote_ident(a.attname),
        'isReadable', has_schema_privilege(fn.oid, 'USAGE') AND has_column_privilege(f.oid, a.attnum, 'SELECT'))
      ORDER BY fn.nspname, f.relname, a.attnum)
    FROM (
      SELECT d.refobjid AS relation, d.refobjsubid AS number FROM pg_depend d
      WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'i' AND d.refclassid = 'pg_class'::regclass
      UNION
      SELECT ad.adrelid, ad.adnum FROM pg_depend d JOIN pg_attrdef ad ON ad.oid = d.objid
      WHERE d.classid = 'pg_attrdef'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid
        AND pg_get_expr(ad.adbin, ad.adrelid) ~ '^\\(?nextval\\(''[^'']*''::regclass\\)\\)?(::[a-z0-9]+)?$'
    ) AS fed
    JOIN pg_class f ON f.oid = fed.relation AND f.relkind IN ('r', 'p')
    JOIN pg_namespace fn ON fn.oid = f.relnamespace
    JOIN pg_attribute a ON a.attrelid = fed.relation AND a.attnum = fed.number AND NOT a.attisdropped
    JOIN pg_type t ON t.oid = a.atttypid
    WHERE coalesce(nullif(t.typbasetype, 0), t.oid) IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype)
  ), '[]') AS "feeds"
FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN LATERAL (
  SELECT d.deptype, format('%I.%I.%I', tn.nspname, t.relname, a.attname) AS "column"
  FROM pg_depend d JOIN pg_class t ON t.oid = d.refobjid JOIN pg_namespace tn ON tn.oid = t.relnamespace
  JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
  WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
) AS owning ON true
WHERE c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'migration_checklist')
  AND NOT EXISTS (
    SELECT FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
      AND d.refclassid = 'pg_extension'::regclass AND (c.oid = ANY (e.extconfig)) IS NOT TRUE)
ORDER BY 2`;

/** In the range of the sequence: what somebody wrote far outside of it is never met. */
const furthestOf = ({ increment, minimum, maximum }: Listed, { table, name }: Listed['feeds'][number]) =>
  `(SELECT ${increment.startsWith('-') ? 'min' : 'max'}(${name}) FROM ${table} WHERE ${name} BETWEEN ${minimum} AND ${maximum})::text`;

const readQuery = (listed: Listed) => {
  const feeds = listed.feeds.map((feed) => (feed.isReadable ? furthestOf(listed, feed) : 'NULL'));
  return `SELECT ${pg.escapeLiteral(listed.sequence)} AS "sequence", last_value::text AS "lastValue", is_called AS "isCalled", ARRAY[${feeds.join(', ')}]::text[] AS "furthest" FROM ${listed.sequence}`;
};

type Read = Pick<SequenceState, 'sequence' | 'lastValue' | 'isCalled'> & {
  readonly furthest: readonly (string | null)[];
};

// Many sequences in few queries, few enough that each stays easy to plan.
const sequencesPerQuery = 100;

/** Those that the role may read, and the names of the others. In a session of ours, in a transaction. */
export const readSequenceStates = async (
  session: Session,
): Promise<{ readonly sequences: readonly SequenceState[]; readonly unreadSequences: readonly string[] }> => {
  const { rows: listed } = await session.query<Listed>(listQuery);
  const readable = listed.filter(({ isReadable }) => isReadable);
  const values = new Map<string, Read>();
  for (let from = 0; from < readable.length; from += sequencesPerQuery) {
    const query = readable
      .slice(from, from + sequencesPerQuery)
      .map(readQuery)
      .join(' UNION ALL ');
    for (const row of (await session.query<Read>(query)).rows) values.set(row.sequence, row);
  }
  return {
    sequences: readable.flatMap(({ isReadable: _, feeds, ...sequence }) => {
      const value = values.get(sequence.sequence);
      if (!value) return [];
      const { lastValue, isCalled, furthest } = value;
      return [
        {
          ...sequence,
          lastValue,
          isCalled,
          feeds: feeds.map(({ isReadable: _readable, ...feed }, at) => ({ ...feed, furthest: furthest[at] ?? null })),
        },
      ];
    }),
    unreadSequences: listed.filter(({ isReadable }) => !isReadable).map(({ sequence }) => sequence),
  };
};
