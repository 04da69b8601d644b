/** Judges the declared queries of Step 11 by their plans and times. */

import type { DeclaredQuery, QueryResult } from '#domain/checks/checks';
import type { Answer, BoxAnswer } from '#domain/evidence/document';

type Judgement = { readonly box: BoxAnswer; readonly failures: readonly string[] };

type Pair = { readonly query: DeclaredQuery; readonly result: QueryResult };

/** Each declared query with what was seen of it; `unseen` are those without a result. By line: a name may stand twice. */
const pair = (queries: readonly DeclaredQuery[], results: readonly QueryResult[]) => {
  const byLine = new Map(results.map((result) => [result.line, result]));
  const pairs = queries.flatMap((query): readonly Pair[] => {
    const result = byLine.get(query.line);
    return result ? [{ query, result }] : [];
  });
  return { pairs, unseen: queries.filter(({ line }) => !byLine.has(line)) };
};

const placeOf = ({ line, name }: DeclaredQuery) => `line ${line}, ${name}`;

/** One failure is a failure; without one, a query of which nothing was seen leaves the box open. */
const judge = (
  box: string,
  queries: readonly DeclaredQuery[],
  results: readonly QueryResult[],
  { failureOf, tell }: { failureOf(pair: Pair): string | null; tell(pair: Pair): string },
): Judgement => {
  const { pairs, unseen } = pair(queries, results);
  const failures = pairs.flatMap((one) => {
    const failure = failureOf(one);
    return failure === null ? [] : [`${placeOf(one.query)}: ${failure}`];
  });
  const answer = (given: Answer, reason: string): Judgement => ({ box: { box, answer: given, reason }, failures });
  if (failures.length > 0) return answer('failed', failures.join('; '));
  if (unseen.length > 0) return answer('open', `not run: ${unseen.map(placeOf).join('; ')}`);
  return answer('proved', pairs.map(tell).join('; '));
};

const fromEndToEnd = ({ sequentialScans }: QueryResult) =>
  sequentialScans.length === 0
    ? ''
    : ` (asked with sequential scans off; as the tables are now the planner reads ${sequentialScans.join(', ')} from end to end)`;

const judgeIndexes = (queries: readonly DeclaredQuery[], results: readonly QueryResult[]): Judgement => {
  const expecting = queries.filter(({ expectsIndex }) => expectsIndex);
  if (expecting.length === 0)
    return {
      box: { box: '11.1', answer: 'not applicable', reason: 'no declared query expects an index' },
      failures: [],
    };
  return judge('11.1', expecting, results, {
    failureOf: ({ result: { unindexedTables, indexes } }) =>
      unindexedTables.length > 0 || indexes.length === 0
        ? `no index serves ${unindexedTables.join(', ') || 'it'}`
        : null,
    tell: ({ result }) => `${result.name}: ${result.indexes.join(', ')}${fromEndToEnd(result)}`,
  });
};

const judgeTimes = (queries: readonly DeclaredQuery[], results: readonly QueryResult[]): Judgement =>
  judge('11.2', queries, results, {
    failureOf: ({ query, result }) =>
      result.medianMs < query.maximumMs ? null : `${result.medianMs} ms, declared under ${query.maximumMs} ms`,
    tell: ({ result: { name, medianMs, runs } }) => `${name}: ${medianMs} ms (median of ${runs})`,
  });

const none = (box: string): BoxAnswer => ({
  box,
  answer: 'not applicable',
  reason: 'no query is declared in a .checks.sql',
});

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
