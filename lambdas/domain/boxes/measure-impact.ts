/** Turns what the dry run measured into the answers that replace the review's predictions. */
import { count, counted } from '#domain/count';
import { type GradedStatement, isCovering } from '#domain/dry-run/grade-statements';
import type { StatementRun } from '#domain/dry-run/measured';
import type { BoxAnswer } from '#domain/evidence/document';
import { longestBlockingMs } from '#domain/locks/lock-modes';
import type { ContentsDifference } from '#domain/tables/difference';
import type { TableStatistics } from '#domain/tables/statistics';

type MeasuredStatement = Omit<StatementRun, 'index'>;
type LockingStatement = Pick<GradedStatement, 'line' | 'locks' | 'rowsScanned'>;
type Traffic = Pick<TableStatistics, 'table' | 'sequentialScans' | 'indexScans' | 'rowsWritten'>;

const seconds = (ms: number) => `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 0)} s`;

const estimate = (statements: readonly MeasuredStatement[]): BoxAnswer => {
  const totalMs = statements.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const slowest = [...statements].sort((a, b) => b.durationMs - a.durationMs)[0];
  return {
    box: '3.4',
    answer: 'proved',
    reason: `measured on the branch: ${seconds(totalMs)} for ${count(statements.length, 'statement')}${slowest ? `, the slowest on line ${slowest.line} with ${seconds(slowest.durationMs)}` : ''}`,
    facts: { totalMs },
  };
};

/** A lock that an earlier statement's covers adds nothing to it. */
const downtime = (
  statements: readonly MeasuredStatement[],
  assessed: readonly LockingStatement[],
  traffic: readonly Traffic[],
): BoxAnswer => {
  const before = (position: number) => assessed.slice(0, position).flatMap(({ locks }) => locks);
  const blocking = assessed.flatMap(({ line, locks, rowsScanned }, position) =>
    locks
      .filter(({ blocks }) => blocks !== 'nobody')
      .filter((lock) => !before(position).some((held) => isCovering(held, lock)))
      .map((lock) => ({
        ...lock,
        line,
        rewritten: statements[position]?.rewritten.includes(lock.relation) ?? false,
        rowsScanned,
      })),
  );
  const tooLong = blocking.filter(({ heldMs }) => heldMs > longestBlockingMs);
  const facts = {
    blocking,
    traffic: traffic.filter(({ table }) => blocking.some((lock) => lock.table === table)),
  };
  if (tooLong.length > 0)
    return {
      box: '3.5',
      answer: 'failed',
      reason: tooLong
        .map(
          ({ relation, mode, heldMs, line, blocks: who }) =>
            `line ${line} holds ${mode} on ${relation} for ${seconds(heldMs)}, which stops ${who}`,
        )
        .join('; '),
      facts,
    };
  const longest = Math.max(0, ...blocking.map(({ heldMs }) => heldMs));
  return {
    box: '3.5',
    answer: 'proved',
    reason:
      blocking.length === 0
        ? 'measured on the branch: no lock that stops readers or writers of a table that existed before'
        : `measured on the branch: ${count(blocking.length, 'blocking lock')} on existing tables, none held longer than ${seconds(longest)}`,
    facts,
  };
};

const dataChanges = (statements: readonly MeasuredStatement[], contents: ContentsDifference): BoxAnswer => {
  const changing = statements.filter(({ rowsAffected }) => (rowsAffected ?? 0) > 0);
  const rewritten = [...new Set(statements.flatMap((statement) => statement.rewritten))];
  const facts = { changing: changing.map(({ line, rowsAffected }) => ({ line, rowsAffected })), rewritten, contents };
  const told = [
    ...changing.map(({ line, rowsAffected }) => `line ${line} touches ${counted(rowsAffected ?? 0, 'row')}`),
    ...contents.changed,
    ...rewritten.map((table) => `${table} is rewritten`),
  ];
  const unknown = contents.notCompared.join(', ');
  if (told.length === 0 && unknown !== '')
    return { box: '3.6', answer: 'open', reason: `rows too many to compare on the branch: ${unknown}`, facts };
  const reason = told.join('; ') || 'the rows of all tables are as before, and no table was rewritten';
  return { box: '3.6', answer: 'proved', reason: `measured on the branch: ${reason}`, facts };
};

/** Boxes 3.4, 3.5 and 3.6 as the branch has measured them; `assessed` has an entry per statement, in their order. */
export const measureImpact = (
  statements: readonly MeasuredStatement[],
  assessed: readonly LockingStatement[],
  traffic: readonly Traffic[],
  contents: ContentsDifference,
): readonly BoxAnswer[] => [
  estimate(statements),
  downtime(statements, assessed, traffic),
  dataChanges(statements, contents),
];
