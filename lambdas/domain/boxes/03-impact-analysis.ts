/** Step 3. Box 3.3 is a person's: which services depend on the tables. */

import { count } from '#domain/count';
import { blockedBy } from '#domain/locks/lock-modes';
import type { ReviewContext } from '#domain/review/context';
import { affectedTables, impactsOf } from '#domain/review/impact';
import { rowEstimate } from '#domain/review/row-estimate';
import { columnRequired, columnRetyped } from '#domain/review/rules/breaking-changes';
import { codeUnseen, dataChanges } from '#domain/review/rules/data-changes';
import { contextFor, type ImpactSubject } from '#domain/review/subject';
import { answerBoxes, type JudgedBox, notApplicable, proved, type Review } from './by-rules';

const nothingOld = 'the migration touches no table that was there before';

const sizeOf = ({ sizes }: ReviewContext, table: string) => {
  const size = sizes.get(table);
  return size ? `${table} (${Math.ceil(size.sizeBytes / 1024)} KiB, ${rowEstimate(size)})` : `${table} (size unknown)`;
};

const predictedLocks = (context: ReviewContext) =>
  impactsOf(context).flatMap(({ statement, locks, estimatedMs, heldMs }) =>
    locks.map((lock) => ({ line: statement.line, ...lock, estimatedMs, heldMs, blocks: blockedBy[lock.mode] })),
  );

const boxes: readonly JudgedBox[] = [
  {
    box: '3.1',
    basis: (context) => {
      const tables = affectedTables(context);
      const created = context.changes.tables.map(({ name }) => name);
      const existing =
        tables.length === 0 ? 'no existing table' : tables.map((table) => sizeOf(context, table)).join(', ');
      return proved(`affects ${existing}; creates ${created.join(', ') || 'no table'}`, {
        existing: tables.map((table) => context.sizes.get(table) ?? { table }),
        created,
      });
    },
  },
  {
    box: '3.2',
    basis: (context) => {
      const tables = affectedTables(context);
      return tables.length === 0
        ? proved(`${nothingOld}, so no contract changes`)
        : proved(`nothing is dropped, renamed, retyped or narrowed in ${tables.join(', ')}`, {
            tables: tables.map((table) => ({ table, usedBy: context.dependentsOf(table) })),
          });
    },
  },
  {
    box: '3.4',
    basis: (context) => {
      const impacts = impactsOf(context);
      const unknown = impacts.filter(({ estimatedMs }) => estimatedMs === null);
      const totalMs = impacts.reduce((sum, { estimatedMs }) => sum + (estimatedMs ?? 0), 0);
      const facts = {
        totalMs,
        statements: impacts.map(({ statement, estimatedMs }) => ({
          line: statement.line,
          kind: statement.kind,
          estimatedMs,
        })),
      };
      const basis = 'estimated from the sizes of the tables and the kind of work; the dry run measures';
      if (unknown.length === 0) return proved(`about ${totalMs} ms, ${basis}`, facts);
      const left = count(unknown.length, 'statement');
      const reason = `unknown for ${left} on tables of unknown size; about ${totalMs} ms for the rest, ${basis}`;
      return { answer: 'open', reason, facts };
    },
  },
  {
    box: '3.5',
    basis: (context) => {
      const locks = predictedLocks(context);
      const blocking = locks.filter(({ blocks }) => blocks !== 'nobody');
      if (locks.length === 0) return notApplicable(nothingOld);
      const longest = Math.max(0, ...blocking.map(({ heldMs }) => heldMs ?? 0));
      return proved(
        blocking.length === 0
          ? 'no predicted lock on an existing table stops readers or writers'
          : `${count(blocking.length, 'predicted lock')} on existing tables that others wait for, the longest about ${longest} ms; the dry run measures`,
        { locks },
      );
    },
  },
  {
    box: '3.6',
    basis: (context) => {
      const changes = dataChanges(context);
      const asked = [...columnRequired.check(context), ...columnRetyped.check(context)].map(
        ({ line }) => `line ${line}`,
      );
      const need =
        asked.length === 0
          ? 'no column of theirs becomes mandatory or gets another type'
          : `PostgreSQL checks or converts the values itself in ${asked.join(', ')}`;
      return changes.length === 0
        ? proved(`no statement changes rows of tables that were there before; ${need}`)
        : proved(
            `${count(changes.length, 'data change')}: ${changes.map(({ verb, table, line }) => `${verb} ${sizeOf(context, table)} in line ${line}`).join('; ')}; ${need}`,
            { changes },
          );
    },
  },
];

/** What is read from statements alone proves nothing of a block of code that cannot be read. */
const openWhereUnseen = ({ box, basis }: JudgedBox): JudgedBox => ({
  box,
  basis: (context) => {
    const lines = codeUnseen.check(context).map(({ line }) => line);
    const read = basis(context);
    if (lines.length === 0) return read;
    const reason = `the code in line ${lines.join(', ')} cannot be read here; of the rest: ${read.reason}`;
    return { answer: 'open', reason, ...(read.facts && { facts: read.facts }) };
  },
});

/** Boxes 3.1, 3.2, 3.4, 3.5 and 3.6. */
export const analyseImpact = (subject: ImpactSubject): Review =>
  answerBoxes(boxes.map(openWhereUnseen), contextFor(subject));
