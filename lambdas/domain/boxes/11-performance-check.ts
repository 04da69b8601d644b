/** Step 11: whether the declared queries use an index, and are as fast as declared. */
import type { ChecksFile, DeclaredQuery, QueriedTable, QueryResult } from '#domain/checks/checks';
import { counted, grouped } from '#domain/count';
import { type Artifact, failed, type Judgement, judgeOf, notApplicable, open, proved, type Room } from './room';

export type PerformanceFacts = {
  readonly checks: Artifact<ChecksFile> | null;
  readonly queries: readonly QueryResult[];
};

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

const positionOf = ({ line, name }: DeclaredQuery) => `line ${line}, ${name}`;

type Criterion = {
  failureOf(pair: Pair): string | null;
  /** Why what was seen proves nothing; null when it does. */
  doubtOf(pair: Pair): string | null;
  inWords(pair: Pair): string;
};

const failuresIn = (pairs: readonly Pair[], { failureOf }: Criterion): readonly string[] =>
  pairs.flatMap((one) => {
    const failure = failureOf(one);
    return failure === null ? [] : [`${positionOf(one.query)}: ${failure}`];
  });

/** One failure is a failure; without one, a query of which nothing was seen leaves the box open. */
const judgeQueries = (
  queries: readonly DeclaredQuery[],
  results: readonly QueryResult[],
  criterion: Criterion,
): Judgement => {
  const { pairs, unseen } = pair(queries, results);
  const failures = failuresIn(pairs, criterion);
  const facts = { queries: pairs.map(({ result }) => result) };
  if (failures.length > 0) return failed(failures.join('; '), facts);
  if (unseen.length > 0) return open(`not run: ${unseen.map(positionOf).join('; ')}`, facts);
  const doubts = pairs.flatMap((one) => {
    const doubt = criterion.doubtOf(one);
    return doubt === null ? [] : [`${positionOf(one.query)}: ${doubt}`];
  });
  return doubts.length > 0 ? open(doubts.join('; '), facts) : proved(pairs.map(criterion.inWords).join('; '), facts);
};

const sequentialScansInWords = ({ sequentialScans }: QueryResult) =>
  sequentialScans.length === 0
    ? ''
    : ` (planned with enable_seqscan off; at its present size the planner prefers a sequential scan of ${sequentialScans.join(', ')})`;

/** 1,000 rows fit into a few pages: below that every plan is fast, and time says nothing of the query. */
const fewestRows = 1_000;

const tableInWords = ({ table, rows, isAtLeast }: QueriedTable) =>
  rows === null
    ? `${table}: rows unknown, the role may not read it`
    : `${table}: ${isAtLeast ? 'at least ' : ''}${counted(rows, 'row')}`;

/** What a figure was measured on, as a clause behind it; older documents do not know it. */
const groundInWords = ({ measured }: QueryResult) =>
  measured === undefined ? '' : `, on ${measured.tables.map(tableInWords).join(', ') || 'no table'}`;

const tooFewRows = ({ query, result: { measured, medianMs } }: Pair): string | null => {
  if (measured === undefined || measured.tables.length === 0) return null;
  const known = measured.tables.flatMap(({ rows }) => rows ?? []);
  return known.reduce((sum, rows) => sum + rows, 0) < fewestRows
    ? `${medianMs} ms on ${measured.tables.map(tableInWords).join(', ')}: too few rows to prove "under ${query.maximumMs} ms"; it needs at least ${grouped(fewestRows)} rows, better as many as production has`
    : null;
};

const usesIndex: Criterion = {
  failureOf: ({ result: { unindexedTables, indexes } }) =>
    unindexedTables.length > 0 || indexes.length === 0 ? `no index serves ${unindexedTables.join(', ') || 'it'}` : null,
  // Which index can serve a query does not depend on how many rows there are.
  doubtOf: () => null,
  inWords: ({ result }) =>
    `${result.name}: ${result.indexes.join(', ')}${groundInWords(result)}${sequentialScansInWords(result)}`,
};

const isFast: Criterion = {
  failureOf: ({ query, result }) =>
    result.medianMs < query.maximumMs ? null : `${result.medianMs} ms, declared under ${query.maximumMs} ms`,
  doubtOf: tooFewRows,
  inWords: ({ result }) => `${result.name}: ${result.medianMs} ms (median of ${result.runs}${groundInWords(result)})`,
};

const noQuery = notApplicable('no .checks.sql declares a query');

const expectingIndex = (queries: readonly DeclaredQuery[]) => queries.filter(({ expectsIndex }) => expectsIndex);

const judge = judgeOf<PerformanceFacts>();

export const performanceCheck: Room<11, PerformanceFacts> = {
  '11.1': judge(['checks', 'queries'], ({ checks, queries: results }) => {
    const queries = checks?.queries ?? [];
    if (queries.length === 0) return noQuery;
    const expecting = expectingIndex(queries);
    return expecting.length === 0
      ? notApplicable('no declared query expects an index')
      : judgeQueries(expecting, results, usesIndex);
  }),
  '11.2': judge(['checks', 'queries'], ({ checks, queries: results }) => {
    const queries = checks?.queries ?? [];
    return queries.length === 0 ? noQuery : judgeQueries(queries, results, isFast);
  }),
};

/** What must not stay in the target without a person's word: one sentence each. */
export const slowOrUnindexed = (
  queries: readonly DeclaredQuery[],
  results: readonly QueryResult[],
): readonly string[] => [
  ...failuresIn(pair(expectingIndex(queries), results).pairs, usesIndex),
  ...failuresIn(pair(queries, results).pairs, isFast),
];
