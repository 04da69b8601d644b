/** Who is connected to the target at one moment: what works with it now will meet the migration. */
import { type Listed, listed } from '#domain/listed';

/** Sessions of one role under one application name. */
export type SessionGroup = {
  /** Empty where the session gave none. */
  readonly application: string;
  readonly role: string;
  readonly count: number;
  /** When the oldest of them began, ISO 8601; null where the asking role may not see it. */
  readonly since: string | null;
};

/** As the server showed it. */
export type SessionReading = {
  /** By the server's clock, ISO 8601. */
  readonly at: string;
  /** The role that asked. */
  readonly askedBy: string;
  /** The most sessions first; without our own. */
  readonly groups: readonly SessionGroup[];
  /** How many sessions this product itself had. */
  readonly own: number;
};

/** As evidence keeps it. */
export type SeenSessions = Pick<SessionReading, 'at' | 'askedBy' | 'own'> & { readonly groups: Listed<SessionGroup> };

export const seenSessions = ({ groups, ...reading }: SessionReading): SeenSessions => ({
  ...reading,
  groups: listed(groups),
});
