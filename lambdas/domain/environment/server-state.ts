/** What a server holds outside of its databases' own catalogs: no comparison of two schemas sees it. */

export type RoleState = {
  readonly name: string;
  /** As CREATE ROLE spells them: `LOGIN`, `CREATEDB`, `CONNECTION LIMIT 5` … Never a password. */
  readonly attributes: readonly string[];
};

export type MembershipState = {
  readonly role: string;
  readonly member: string;
  readonly grantor: string;
  readonly admin: boolean;
  /** Null before PostgreSQL 16, which has these two options first. */
  readonly inherit: boolean | null;
  readonly set: boolean | null;
};

/** One of `ALTER DATABASE … SET`, `ALTER ROLE … SET` and `ALTER ROLE … IN DATABASE … SET`. */
export type SettingState = {
  /** Null for all databases. */
  readonly database: string | null;
  /** Null for all roles. */
  readonly role: string | null;
  readonly name: string;
  readonly value: string;
};

export type DatabaseState = {
  readonly name: string;
  readonly owner: string;
  /** Every aclitem, the defaults written out. */
  readonly privileges: readonly string[];
  /** `CONNECTION LIMIT 5`, `TABLESPACE fast` … */
  readonly attributes: readonly string[];
  /** How many sessions an administrator's command has ended since the statistics were begun; null where nobody counts. */
  readonly sessionsEnded: number | null;
};

/** Tablespaces, parameters, subscriptions, replication slots and origins: whatever has a name and, where it has them, privileges. */
export type SharedObjectState = {
  readonly kind: 'tablespace' | 'parameter' | 'subscription' | 'replication slot' | 'replication origin';
  readonly name: string;
  readonly owner: string | null;
  readonly privileges: readonly string[];
};

/** A COMMENT or SECURITY LABEL of a role, database or tablespace. */
export type SharedNoteState = { readonly on: string; readonly text: string };

export type ServerState = {
  /** The database that was asked. */
  readonly database: string;
  /** Those of PostgreSQL itself, `pg_…`, are left out. */
  readonly roles: readonly RoleState[];
  readonly memberships: readonly MembershipState[];
  readonly settings: readonly SettingState[];
  /** Our scratch databases are left out, unless one was asked. */
  readonly databases: readonly DatabaseState[];
  readonly sharedObjects: readonly SharedObjectState[];
  readonly notes: readonly SharedNoteState[];
  /** When the server was started, ISO 8601: what it counts and when it read its configuration is compared within one life only. */
  readonly startedAt: string;
  /** When the server last read its configuration, ISO 8601. */
  readonly configurationLoadedAt: string;
};

type Row = { readonly key: string; readonly said: string };

const privilegesInWords = (privileges: readonly string[]) =>
  privileges.length === 0 ? 'no privileges' : `privileges ${privileges.join(', ')}`;

const settingIsOf = ({ database, role }: SettingState) =>
  [...(role === null ? [] : [`role "${role}"`]), ...(database === null ? [] : [`database "${database}"`])].join(
    ' in ',
  ) || 'all roles';

const optionsOf = ({ admin, inherit, set }: MembershipState) =>
  [
    ...(admin ? ['ADMIN'] : []),
    ...(inherit === null ? [] : [`INHERIT ${inherit}`]),
    ...(set === null ? [] : [`SET ${set}`]),
  ].join(', ') || 'no option';

/** Everything of a state as rows that are told apart by their key and compared by what is said of them. */
const rowsOf = (state: ServerState): readonly Row[] => [
  ...state.roles.map(({ name, attributes }) => ({ key: `role "${name}"`, said: attributes.join(' ') })),
  ...state.memberships.map((one) => ({
    key: `membership of "${one.member}" in "${one.role}", granted by "${one.grantor}"`,
    said: optionsOf(one),
  })),
  ...state.settings.map((one) => ({ key: `setting ${one.name} of ${settingIsOf(one)}`, said: one.value })),
  ...state.databases.flatMap(({ name, owner, privileges, attributes }) => [
    { key: `database "${name}"`, said: [`owner "${owner}"`, ...attributes].join(', ') },
    { key: `privileges of database "${name}"`, said: privilegesInWords(privileges) },
  ]),
  ...state.sharedObjects.map(({ kind, name, owner, privileges }) => ({
    key: `${kind} "${name}"`,
    said: [...(owner === null ? [] : [`owner "${owner}"`]), privilegesInWords(privileges)].join(', '),
  })),
  ...state.notes.map(({ on, text }) => ({ key: `note on ${on}`, said: text })),
];

/** A counter that fell was begun anew, and tells nothing. */
const sessionsEndedBetween = (before: ServerState, after: ServerState): readonly string[] =>
  (before.startedAt === after.startedAt ? after.databases : []).flatMap(({ name, sessionsEnded: now }) => {
    const then = before.databases.find((one) => one.name === name)?.sessionsEnded ?? null;
    return then !== null && now !== null && now > then
      ? [
          `database "${name}": an administrator's command ended ${now - then === 1 ? '1 session' : `${now - then} sessions`}`,
        ]
      : [];
  });

/**
 * Each difference as one line; empty when the server is as it was.
 *
 * @example
 * serverStateDifference(before, after) // ['role "reporting" was made: NOLOGIN', 'setting timezone of database "shop" is gone: was UTC']
 */
export const serverStateDifference = (before: ServerState, after: ServerState): readonly string[] => {
  const was = new Map(rowsOf(before).map(({ key, said }) => [key, said]));
  const is = new Map(rowsOf(after).map(({ key, said }) => [key, said]));
  return [
    ...[...was].filter(([key]) => !is.has(key)).map(([key, said]) => `${key} is gone: was ${said}`),
    ...[...is].flatMap(([key, said]) => {
      const earlier = was.get(key);
      if (earlier === undefined) return [`${key} was made: ${said}`];
      return earlier === said ? [] : [`${key} changed from ${earlier} to ${said}`];
    }),
    ...(before.startedAt !== after.startedAt || before.configurationLoadedAt === after.configurationLoadedAt
      ? []
      : [`the server read its configuration again at ${after.configurationLoadedAt}`]),
    ...sessionsEndedBetween(before, after),
  ];
};

const quotedNames = (line: string) => [...line.matchAll(/"([^"]+)"/g)].map(([, name = '']) => name);

/**
 * Of differences those that concern a run: they name its database or its role, or something that its files name. What other people do on
 * the same server meanwhile is not held against it.
 */
export const concerning = (
  differences: readonly string[],
  { database, role, texts }: { readonly database: string; readonly role: string; readonly texts: readonly string[] },
): readonly string[] => {
  const isNamed = (name: string) => name === database || name === role || texts.some((text) => text.includes(name));
  // Without a name it is about the server as a whole.
  return differences.filter((line) => quotedNames(line).length === 0 || quotedNames(line).some(isNamed));
};
