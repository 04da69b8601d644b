/** What one rule finds in statements over an empty database, as `line: message`. */
import { rules } from '#domain/review/rules';
import { contextFor } from '#domain/review/subject';
import { subjectOf } from '#test/support/review-subject';

export const findingsOf = async (id: string, sql: string, rollback?: string): Promise<readonly string[]> => {
  const rule = rules.find((one) => one.id === id);
  if (!rule) throw new Error(`there is no rule ${id}`);
  return rule.check(contextFor(await subjectOf(sql, rollback))).map(({ line, message }) => `${line}: ${message}`);
};
