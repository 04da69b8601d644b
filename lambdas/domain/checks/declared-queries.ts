/** The queries of a checks file. */
import { refusal, type Source } from '#domain/sql/source';
import { placeholdersIn } from './bind-saved';
import type { Section } from './check-sections';
import type { DeclaredQuery } from './checks';
import { defaultMaximumMs, parseQueryExpectation, queryExpectationForm } from './expectations';

// What EXPLAIN takes and a declared query may be.
const explainable = ['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt'];

const expectationOf = (source: Source, { heading, statements }: Section) => {
  const below = statements.flatMap(({ expects }) => expects.map(({ value }) => value));
  const values = heading.inlineExpect === null ? below : [heading.inlineExpect, ...below];
  if (values.length === 0) return { expectsIndex: false, maximumMs: defaultMaximumMs };
  const expectation = parseQueryExpectation(values);
  if (expectation) return expectation;
  throw refusal(
    source.fileName,
    heading.at,
    `"${values.join(', ')}" cannot be expected of a query; expected ${queryExpectationForm}. Correct it`,
  );
};

/** Errors: MigrationRefused. */
export const declaredQuery = (source: Source, written: Source, section: Section): DeclaredQuery => {
  const { heading, statements } = section;
  const refuse = (message: string) => refusal(source.fileName, heading.at, `the query "${heading.value}" ${message}`);
  const [only, second] = statements;
  if (!only) throw refuse('has no statement. Add one, or remove the query');
  if (second)
    throw refuse(`has ${statements.length} statements; expected one. Give each a "-- query: <name>" of its own`);
  if (!explainable.includes(Object.keys(only.parsed.node)[0] ?? ''))
    throw refuse('cannot be explained; expected SELECT, INSERT, UPDATE, DELETE or MERGE. Change it, or make it a test');
  if (only.saves.length > 0) throw refuse('has a "save:"; only tests save values. Remove it');
  const sql = written.textOf(only.parsed);
  const placeholder = placeholdersIn(sql)[0];
  if (placeholder) throw refuse(`uses :${placeholder.name}; only tests save values. Write a literal`);
  return { name: heading.value, line: heading.at.line, sql, ...expectationOf(source, section) };
};
