/** Declared tests, queries and probes with valid defaults, and what came of them. */
import type { CheckResult, DeclaredCheck, DeclaredProbe, DeclaredQuery, QueryResult } from '#domain/checks/checks';

/** A test whose statements expect these SQLSTATEs; null for one that must succeed. */
export const check = (line: number, ...expected: readonly (string | null)[]): DeclaredCheck => ({
  name: `test ${line}`,
  line,
  statements: expected.map((expectedSqlState, index) => ({
    sql: 'SELECT 1',
    line: line + 1 + index,
    writes: [],
    expectedSqlState,
    save: [],
    expectedRows: null,
  })),
});

export const passed = ({ name, line }: DeclaredCheck): CheckResult => ({
  name,
  line,
  passed: true,
  sqlStates: [],
  failure: null,
});

export const failed = (declared: DeclaredCheck, failure = 'expected 23505, came success'): CheckResult => ({
  ...passed(declared),
  passed: false,
  failure,
});

export const query = (line: number, differing: Partial<DeclaredQuery> = {}): DeclaredQuery => ({
  name: `query ${line}`,
  line,
  sql: 'SELECT 1',
  expectsIndex: true,
  maximumMs: 100,
  ...differing,
});

export const seen = (line: number, differing: Partial<QueryResult> = {}): QueryResult => ({
  name: `query ${line}`,
  line,
  indexes: ['jobs_poll'],
  sequentialScans: [],
  unindexedTables: [],
  medianMs: 1.5,
  runs: 5,
  ...differing,
});

export const probe = (line: number, expectedStatus = 200): DeclaredProbe => ({
  name: `probe ${line}`,
  url: `http://127.0.0.1/${line}`,
  expectedStatus,
  line,
});
