/** Describes what a failed script leaves behind: PostgreSQL rolls back only what was not committed yet. */
import type { Session } from '#adapters/postgres/session/session';
import type { ScriptPiece } from '#domain/folders/pieces';

const unfinishedIndexes = `SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS name
  FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE NOT i.indisvalid AND c.relkind = 'i' ORDER BY 1`;

const namesOfUnfinished = async (session: Session): Promise<readonly string[]> => {
  const { rows } = await session.query<{ name: string }>(unfinishedIndexes);
  return rows.map(({ name }) => name);
};

/** `committed` counts the committed pieces; the next piece failed. Returns one sentence each. */
export const describeLeftBehind = async (
  session: Session,
  fileName: string,
  pieces: readonly ScriptPiece[],
  committed: number,
): Promise<readonly string[]> => {
  const first = committed === 1 ? 'the first' : `the first ${committed}`;
  const verbs = committed === 1 ? 'is committed' : 'are committed';
  const built = /\bconcurrently\b/i.test(pieces[committed]?.sql ?? '')
    ? // The failure may have ended the session, and then the catalog cannot be read.
      await namesOfUnfinished(session).catch(() => [])
    : [];
  return [
    ...(committed > 0
      ? [
          `${fileName}: ${first} of ${pieces.length} statements ${verbs}; a second attempt would run ${committed === 1 ? 'it' : 'them'} again`,
        ]
      : []),
    ...built.map((name) => `${fileName}: the index ${name} is left INVALID; drop it before a second attempt`),
  ];
};
