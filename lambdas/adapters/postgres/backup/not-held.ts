/** What belongs to a database and is in no backup of it: told when it is made and when it is restored. */
import type { Session } from '../session/session';

const asList = (what: string) => `string_agg(${what}, ', ' ORDER BY ${what})`;

/** Each gives one sentence, or null. */
const queries: readonly string[] = [
  `SELECT 'subscriptions are left out, because a restored one would take the other database''s changes a second time: ' || ${asList('quote_ident(subname)')} AS sentence
     FROM pg_subscription WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  `SELECT 'rows of foreign tables stay where they are: ' || ${asList("format('%I.%I', n.nspname, c.relname)")} AS sentence
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'f'`,
  `SELECT 'replication slots are left out: ' || ${asList('slot_name::text')} AS sentence
     FROM pg_replication_slots WHERE database = current_database() AND NOT temporary`,
  `SELECT 'settings of the database and of roles in it are left out: '
          || ${asList("CASE WHEN r.rolname IS NULL THEN setting ELSE format('%s for role %I', setting, r.rolname) END")} AS sentence
     FROM pg_db_role_setting s LEFT JOIN pg_roles r ON r.oid = s.setrole CROSS JOIN unnest(s.setconfig) AS setting
    WHERE s.setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())`,
];

/** Passwords and the rights on the database itself are in none. The session must read a snapshot. */
export const readNotHeld = async (session: Session): Promise<readonly string[]> => {
  const sentences: string[] = [];
  for (const query of queries) {
    const { rows } = await session.query<{ sentence: string | null }>(query);
    sentences.push(...rows.flatMap(({ sentence }) => (sentence === null ? [] : [sentence])));
  }
  return sentences;
};
