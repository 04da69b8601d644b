import { performanceCheck, slowOrUnindexed } from '#domain/boxes/11-performance-check';
import type { DeclaredQuery, QueryResult } from '#domain/checks/checks';
import { query, seen } from '#test/support/declared';
import { answersByBox, answersOf, checksFile } from '#test/support/judged';

const judgeQueries = (queries: readonly DeclaredQuery[], results: readonly QueryResult[]) => ({
  boxes: answersOf(performanceCheck, { checks: checksFile({ queries }), queries: results }),
  failures: slowOrUnindexed(queries, results),
});

const answersTo = (queries: readonly DeclaredQuery[], results: readonly QueryResult[]) =>
  answersByBox(judgeQueries(queries, results).boxes);

test('without a declared query there is nothing to judge', () => {
  const { boxes, failures } = judgeQueries([], []);

  expect(boxes).toEqual(
    ['11.1', '11.2'].map((box) => ({
      box,
      answer: 'not applicable',
      reason: 'no .checks.sql declares a query',
    })),
  );
  expect(answersOf(performanceCheck, { checks: null, queries: [] })).toEqual(boxes);
  expect(failures).toEqual([]);
});

test('a query that uses an index in less than its time is proved, with index and median', () => {
  const { boxes, failures } = judgeQueries([query(3)], [seen(3)]);

  expect(boxes).toEqual([
    { box: '11.1', answer: 'proved', reason: 'query 3: jobs_poll', facts: { queries: [seen(3)] } },
    { box: '11.2', answer: 'proved', reason: 'query 3: 1.5 ms (median of 5)', facts: { queries: [seen(3)] } },
  ]);
  expect(failures).toEqual([]);
});

const on = (rows: number | null) =>
  seen(3, {
    measured: {
      tables: [{ table: 'public.jobs', rows, isAtLeast: false }],
      plan: {},
      planWithoutSequentialScans: null,
    },
  });

test.each([
  [0, 'open'],
  [999, 'open'],
  [null, 'open'],
  [1_000, 'proved'],
])('on %s rows an index is proved to serve a query, and its time is %s', (rows, answer) => {
  const { boxes } = judgeQueries([query(3)], [on(rows)]);

  expect(answersByBox(boxes)).toEqual({ '11.1': 'proved', '11.2': answer });
});

test('a time that was measured on no rows says so, and what would prove it', () => {
  expect(judgeQueries([query(3)], [on(0)]).boxes.map(({ reason }) => reason)).toEqual([
    'query 3: jobs_poll, on public.jobs: 0 rows',
    'line 3, query 3: 1.5 ms on public.jobs: 0 rows: too few rows to prove "under 100 ms"; it needs at least 1,000 rows, better as many as production has',
  ]);
});

test('a table that no index can serve fails, with line and table', () => {
  const { boxes, failures } = judgeQueries([query(3)], [seen(3, { unindexedTables: ['public.jobs'] })]);

  expect(boxes[0]).toMatchObject({ box: '11.1', answer: 'failed' });
  expect(failures).toEqual(['line 3, query 3: no index serves public.jobs']);
});

test('a plan without any index fails where one was expected', () => {
  expect(judgeQueries([query(3)], [seen(3, { indexes: [] })]).failures).toEqual([
    'line 3, query 3: no index serves it',
  ]);
});

test('an index that is used only when sequential scans are off is told as such', () => {
  const { boxes } = judgeQueries([query(3)], [seen(3, { sequentialScans: ['public.jobs'] })]);

  expect(boxes[0]).toMatchObject({ answer: 'proved' });
  expect(boxes[0]?.reason).toBe(
    'query 3: jobs_poll (planned with enable_seqscan off; at its present size the planner prefers a sequential scan of public.jobs)',
  );
});

test('a query that expects no index is not asked for one', () => {
  const unindexed = seen(3, { indexes: [], unindexedTables: ['public.jobs'] });

  const judged = judgeQueries([query(3, { expectsIndex: false })], [unindexed]);

  expect(answersByBox(judged.boxes)).toEqual({ '11.1': 'not applicable', '11.2': 'proved' });
  expect(judged.boxes[0]?.reason).toBe('no declared query expects an index');
  expect(judged.failures).toEqual([]);
});

test.each([
  [99.99, 'proved'],
  [100, 'failed'],
  [100.01, 'failed'],
])('under 100 ms means under: %d ms is %s', (medianMs, answer) => {
  expect(answersTo([query(3)], [seen(3, { medianMs })])['11.2']).toBe(answer);
});

test('the limit is the one that the query declares', () => {
  const { failures } = judgeQueries(
    [query(3, { maximumMs: 500 }), query(9, { maximumMs: 10 })],
    [seen(3, { medianMs: 400 }), seen(9, { medianMs: 11 })],
  );

  expect(failures).toEqual(['line 9, query 9: 11 ms, declared under 10 ms']);
});

test('two queries of the same name are told apart by their lines', () => {
  const queries = [query(3, { name: 'same', maximumMs: 10 }), query(9, { name: 'same', maximumMs: 500 })];
  const results = [seen(3, { name: 'same', medianMs: 400 }), seen(9, { name: 'same', medianMs: 400 })];

  expect(judgeQueries(queries, results).failures).toEqual(['line 3, same: 400 ms, declared under 10 ms']);
});

test('a query of which nothing was seen leaves both boxes open', () => {
  const judged = judgeQueries([query(3), query(9)], [seen(3)]);

  expect(answersByBox(judged.boxes)).toEqual({ '11.1': 'open', '11.2': 'open' });
  expect(judged.boxes[1]?.reason).toBe('not run: line 9, query 9');
  expect(answersTo([query(3)], [])).toEqual({ '11.1': 'open', '11.2': 'open' });
});

test('a failure outweighs a query that was not run', () => {
  expect(answersTo([query(3), query(9)], [seen(3, { medianMs: 400 })])['11.2']).toBe('failed');
});
