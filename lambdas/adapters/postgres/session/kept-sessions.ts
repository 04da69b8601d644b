/** Sessions that stay open between two pieces of work: starting one takes longer than most statements that go through it. */
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { type Session, withOwnSession } from './session';

export type KeptSessions = {
  /** In a session that serves nobody else meanwhile; work that fails ends it. Errors as withOwnSession. */
  use<T>(work: (session: Session) => Promise<T>): Promise<T>;
  /** Ends those that serve nobody. */
  close(): Promise<void>;
};

type Kept = {
  readonly session: Session;
  /** Returns once it has ended. */
  readonly end: () => Promise<void>;
  /** Ends it because of an error, and throws that under our names. */
  readonly fail: (error: unknown) => Promise<never>;
};

const open = (connection: ConnectionSettings): Promise<Kept> =>
  new Promise((opened, failed) => {
    const over: Promise<never> = withOwnSession(
      connection,
      (session) =>
        new Promise<never>((_, reject) => {
          const end = () => {
            reject(null);
            return over.catch(() => undefined);
          };
          const fail = (error: unknown) => {
            reject(error);
            return over;
          };
          opened({ session, end, fail });
        }),
    );
    over.catch(failed);
  });

/** Whoever may end all sessions of a server may have ended this one too. */
const isAlive = async ({ session }: Kept) => {
  try {
    await session.query('SELECT');
    return true;
  } catch {
    return false;
  }
};

export const keepSessions = (connection: ConnectionSettings): KeptSessions => {
  const idle: Kept[] = [];

  const take = async (): Promise<Kept> => {
    const kept = idle.pop();
    if (!kept) return open(connection);
    if (await isAlive(kept)) return kept;
    await kept.end();
    return take();
  };

  return {
    use: async (work) => {
      const kept = await take();
      try {
        const result = await work(kept.session);
        idle.push(kept);
        return result;
      } catch (error) {
        return kept.fail(error);
      }
    },
    close: async () => {
      await Promise.all(idle.splice(0).map(({ end }) => end()));
    },
  };
};
