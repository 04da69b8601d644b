/** Who is in the way of a rollback before it tries: whoever holds what it needs and waits for nobody, with what a person has to know. */
import { count } from '#domain/count';
import { type PreparedTransaction, preparedInWords } from '#domain/environment/prepared-transaction';
import { conflictsWith } from './lock-modes';

/** A lock that the rollback takes; `relation` is `schema.name`, quoted where it has to be. */
export type NeededLock = { readonly relation: string; readonly mode: string };

/** Two sessions of one server never have both in common. */
export type SessionIdentity = {
  readonly processId: number;
  /** ISO 8601 with microseconds. */
  readonly startedAt: string;
};

export type SessionInTheWay = {
  readonly processId: number;
  /** Null for a role that may not see it: such a session cannot be told from a later one of the same number. */
  readonly startedAt: string | null;
  readonly application: string | null;
  readonly role: string | null;
  /** `idle in transaction`, for example; null for a role that may not see it, as the moments and the query are. */
  readonly state: string | null;
  readonly transactionStart: string | null;
  readonly queryStart: string | null;
  /** The last one, without its values. */
  readonly query: string | null;
  /** How many sessions wait for it now. */
  readonly waiting: number;
};

export type InTheWay = {
  /** When it was looked at; ISO 8601. */
  readonly at: string;
  /** What the rollback locks. */
  readonly tables: readonly string[];
  /** The worst first: whom most wait for, then whose transaction is the oldest. */
  readonly sessions: readonly SessionInTheWay[];
  readonly prepared: readonly PreparedTransaction[];
};

/** What became of a session that people have allowed to be ended. */
export type EndedSession = SessionIdentity & {
  readonly application: string | null;
  readonly role: string | null;
  /** `gone`: it had ended itself; `not in the way`: it no longer held anything that the rollback needs. */
  readonly outcome: 'ended' | 'gone' | 'not in the way' | 'not ended';
  /** Of one that could not be ended: what the server said. */
  readonly because?: string;
  /** ISO 8601. */
  readonly at: string;
};

/** Those that a decision can name. */
export const mayBeEnded = ({ startedAt }: SessionInTheWay): boolean => startedAt !== null;

export const isSameSession = (one: SessionIdentity, other: SessionIdentity): boolean =>
  one.processId === other.processId && one.startedAt === other.startedAt;

/** One entry for each relation: the modes of others that keep the rollback from its locks. */
export const conflictsOf = (
  locks: readonly NeededLock[],
): readonly { readonly relation: string; readonly modes: readonly string[] }[] =>
  [...new Set(locks.map(({ relation }) => relation))].map((relation) => ({
    relation,
    modes: [...new Set(locks.filter((lock) => lock.relation === relation).flatMap(({ mode }) => conflictsWith(mode)))],
  }));

const age = (since: string, at: string): string => {
  const seconds = Math.max(0, Math.round((Date.parse(at) - Date.parse(since)) / 1000));
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`;
};

/** Short, for a sentence. */
export const sessionName = ({
  processId,
  application,
  role,
}: Pick<SessionInTheWay, 'processId' | 'application' | 'role'>): string =>
  `process ${processId}, application ${application ?? 'without a name'}, role ${role ?? 'unknown'}`;

export const sessionInWords = (session: SessionInTheWay, at: string): string => {
  const { state, transactionStart, query, waiting } = session;
  return [
    sessionName(session),
    state ?? 'state not visible to this role',
    ...(transactionStart ? [`in its transaction for ${age(transactionStart, at)}`] : []),
    ...(waiting > 0 ? [`${count(waiting, 'session waits', 'sessions wait')} for it`] : []),
    ...(query ? [`last query: ${query}`] : []),
  ].join(', ');
};

/** Sessions and prepared transactions, the worst first; empty where nobody is in the way. */
export const inTheWayInWords = ({ at, sessions, prepared }: InTheWay): readonly string[] => [
  ...sessions.map((session) => sessionInWords(session, at)),
  ...prepared.map(preparedInWords),
];

const outcomes: Readonly<Record<EndedSession['outcome'], string>> = {
  ended: 'was ended',
  gone: 'had ended by itself',
  'not in the way': 'was not in the way any more and was left alone',
  'not ended': 'could not be ended',
};

export const endedInWords = (ended: EndedSession): string =>
  `${sessionName(ended)} ${outcomes[ended.outcome]}${ended.because === undefined ? '' : ` (${ended.because})`}`;
