/** Reads the sequences' values. No snapshot includes them: a value that is read after the rows is never behind a row's key. */
import type { SequenceValue } from '#domain/backup/contents';
import type { Session } from '../session/session';

/** Of an extension's sequences only those that it names as configuration. */
const savedSequences = `
SELECT format('SELECT %L AS sequence, last_value::text AS "lastValue", is_called AS "isCalled" FROM %I.%I',
              format('%I.%I', n.nspname, c.relname), n.nspname, c.relname) AS read
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind = 'S' AND c.relpersistence <> 't' AND n.nspname !~ '^pg_'
   AND NOT EXISTS (SELECT FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
                    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
                      AND d.refclassid = 'pg_extension'::regclass AND (c.oid = ANY (e.extconfig)) IS NOT TRUE)
 ORDER BY format('%I.%I', n.nspname, c.relname) COLLATE "C"`;

// Many sequences in few queries, few enough that each stays easy to plan.
const sequencesPerQuery = 200;

/** Sorted by name. The session's search_path must be empty. */
export const readSequences = async (session: Session): Promise<readonly SequenceValue[]> => {
  const reads = (await session.query<{ read: string }>(savedSequences)).rows.map(({ read }) => read);
  const values: SequenceValue[] = [];
  for (let from = 0; from < reads.length; from += sequencesPerQuery) {
    const query = reads.slice(from, from + sequencesPerQuery).join(' UNION ALL ');
    values.push(...(await session.query<SequenceValue>(query)).rows);
  }
  return values;
};

const literal = (text: string) => `${text.includes('\\') ? ' E' : ''}'${text.replace(/['\\]/g, '$&$&')}'`;

/** The statement that puts a sequence back. */
export const setSequence = ({ sequence, lastValue, isCalled }: SequenceValue): string =>
  `SELECT pg_catalog.setval(${literal(sequence)}, ${lastValue}, ${isCalled});\n`;
