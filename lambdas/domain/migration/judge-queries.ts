/** Judges the declared queries of Step 11 by their plans and times. */
import type { BoxAnswer } from '../evidence/document';
import type { DeclaredQuery, QueryResult } from './checks';

const none = (box: string): BoxAnswer => ({
  box,
  answer: 'not applicable',
  reason: 'no query is declared in a .checks.sql',
});

const judgeIndexes = (queries: readonly DeclaredQuery[], results: readonly QueryResult[]) => {
  const expecting = new Set(queries.filter(({ expectsIndex }) => expectsIndex).map(({ name }) => name));
  const asked = results.filter(({ name }) => expecting.has(name));
  const failures = asked
    .filter(({ unindexedTables, indexes }) => unindexedTables.length > 0 || indexes.length === 0)
    .map(
      ({ name, line, unindexedTables }) =>
        `line ${line}, ${name}: no index serves ${unindexedTables.join(', ') || 'it'}`,
    );
  const small = asked.filter(({ sequentialScans }) => sequentialScans.length > 0);
  const box: BoxAnswer =
    asked.length === 0
      ? { box: '11.1', answer: 'not applicable', reason: 'no declared query expects an index' }
      : {
          box: '11.1',
          answer: failures.length > 0 ? 'failed' : 'proved',
          reason:
            failures.join('; ') ||
            `${asked.map(({ name, indexes }) => `${name}: ${indexes.join(', ')}`).join('; ')}${small.length > 0 ? '; on tables this small the planner prefers a sequential scan and was asked with them off' : ''}`,
        };
  return { box, failures };
};

const judgeTimes = (queries: readonly DeclaredQuery[], results: readonly QueryResult[]) => {
  const limits = new Map(queries.map(({ name, maximumMs }) => [name, maximumMs]));
  const failures = results
    .filter(({ name, medianMs }) => medianMs > (limits.get(name) ?? 0))
    .map(({ name, line, medianMs }) => `line ${line}, ${name}: ${medianMs} ms, declared under ${limits.get(name)} ms`);
  const box: BoxAnswer = {
    box: '11.2',
    answer: failures.length > 0 ? 'failed' : 'proved',
    reason:
      failures.join('; ') ||
      results.map(({ name, medianMs, runs }) => `${name}: ${medianMs} ms (median of ${runs})`).join('; '),
  };
  return { box, failures };
};

/** Boxes 11.1 and 11.2. */
export const judgeQueries = (
  queries: readonly DeclaredQuery[],
  results: readonly QueryResult[],
): { readonly boxes: readonly BoxAnswer[]; readonly failures: readonly string[] } => {
  if (queries.length === 0) return { boxes: [none('11.1'), none('11.2')], failures: [] };
  const indexes = judgeIndexes(queries, results);
  const times = judgeTimes(queries, results);
  return { boxes: [indexes.box, times.box], failures: [...indexes.failures, ...times.failures] };
};
