/** Collects the server's notices while a piece of work runs. */
import type { Session } from './session';

/** A loop that raises a notice for every row must not fill the evidence. */
const mostNotices = 20;
const longestNotice = 200;

type Notice = { readonly severity?: string | undefined; readonly message?: string | undefined };

/** Notices and warnings in their order, on one line each. */
export const collectNotices = async <T>(
  session: Session,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly notices: readonly string[] }> => {
  const notices: string[] = [];
  let count = 0;
  const listen = ({ severity, message }: Notice) => {
    count += 1;
    if (count <= mostNotices) notices.push(`${severity}: ${message}`.replace(/\s+/g, ' ').slice(0, longestNotice));
  };
  session.on('notice', listen);
  try {
    const result = await work();
    return {
      result,
      notices: count > mostNotices ? [...notices.slice(0, -1), `… and ${count - mostNotices + 1} more`] : notices,
    };
  } finally {
    session.off('notice', listen);
  }
};
