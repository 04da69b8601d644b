/** What an author lets pass by name, with a reason: `-- waive: <value>, <reason>` in the comment of a statement. */
import type { SqlStatement } from '#domain/migration/migration';

/** Reasons by value. */
export const waiversIn = ({ comment }: SqlStatement): ReadonlyMap<string, string> =>
  new Map(
    comment.split('\n').flatMap((line) => {
      const [, value, reason] = /^waive:\s*(\S.*?)\s*,\s+(\S.*)$/i.exec(line) ?? [];
      return value && reason ? [[value, reason] as const] : [];
    }),
  );
