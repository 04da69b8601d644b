/** What an author lets pass by name, with a reason: `-- waive: <value>, <reason>` in the comment of a statement. */
import type { SqlStatement } from '#domain/migration/migration';

const none: ReadonlyMap<string, string> = new Map();

/** Reasons by value. */
export const waiversIn = ({ comment }: SqlStatement): ReadonlyMap<string, string> =>
  comment === '' ? none : waiversOf(comment);

const waiversOf = (comment: string): ReadonlyMap<string, string> =>
  new Map(
    comment.split('\n').flatMap((line) => {
      const [, value, reason] = /^waive:\s*(\S.*?)\s*,\s+(\S.*)$/i.exec(line) ?? [];
      return value && reason ? [[value, reason] as const] : [];
    }),
  );

/** True when the line of the file is one of the statement's. */
export const holdsLine = ({ line, sql }: SqlStatement, at: number): boolean =>
  at >= line && at < line + sql.split('\n').length;
