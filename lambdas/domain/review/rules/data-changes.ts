/** Box 3.6: rows that the migration changes, and whether it has to. */
import type { Node, RangeVar } from 'libpg-query';
import { isUnseenCode } from '#domain/locks/predict-locks';
import { functionsCalled } from '#domain/locks/volatility';
import type { SqlStatement } from '#domain/migration/migration';
import { isTemporary, nodeOf, relationName, walk } from '#domain/sql/syntax';
import type { ReviewContext } from '../context';
import { mayWrite } from '../known-tables';
import { once } from '../once';
import { rowEstimate } from '../row-estimate';
import type { Rule } from '../rule';

const box = '3.6';

const verbs: Readonly<Record<string, string>> = {
  InsertStmt: 'INSERT',
  UpdateStmt: 'UPDATE',
  DeleteStmt: 'DELETE',
  MergeStmt: 'MERGE',
  TruncateStmt: 'TRUNCATE',
};

export type DataChange = {
  readonly verb: string;
  readonly table: string;
  readonly hasWhere: boolean;
  readonly line: number;
};

/** Of tables that were there before; statements inside WITH count too. */
const changesIn = (statements: readonly SqlStatement[], newTables: ReadonlySet<string>): readonly DataChange[] =>
  statements.flatMap(({ node, line }) => {
    const found: DataChange[] = [];
    const add = (kind: string, relation: RangeVar | undefined, hasWhere: boolean) =>
      relation && found.push({ verb: verbs[kind] ?? kind, table: relationName(relation), hasWhere, line });
    walk(node, (kind, content) => {
      if (kind === 'TruncateStmt')
        for (const one of nodeOf({ TruncateStmt: content }, 'TruncateStmt')?.relations ?? [])
          add(kind, nodeOf(one, 'RangeVar'), false);
      else if (kind in verbs)
        add(kind, content['relation'] as RangeVar | undefined, content['whereClause'] !== undefined);
    });
    return found.filter(({ table }) => !newTables.has(table) && !isTemporary(table));
  });

const newTablesOf = ({ changes }: ReviewContext) => new Set(changes.tables.map(({ name }) => name));

export const dataChanges = once((context: ReviewContext): readonly DataChange[] =>
  changesIn(context.migration.statements, newTablesOf(context)),
);

const rows = ({ sizes }: ReviewContext, table: string) => {
  const size = sizes.get(table);
  return size ? ` (${rowEstimate(size)})` : '';
};

export const changeWithoutWhere: Rule = {
  id: 'change-without-where',
  severity: 'stop',
  box,
  title: 'All rows of a table are changed',
  why: 'Every row is written anew and stays locked until the commit; on a large table that is an outage, and nothing but the backup brings the earlier values back.',
  remedy: 'Restrict it with WHERE to the rows that need it, or fill them in batches outside the migration.',
  check: (context) =>
    dataChanges(context)
      .filter(({ verb, hasWhere }) => (verb === 'UPDATE' || verb === 'DELETE') && !hasWhere)
      .map(({ verb, table, line }) => ({
        line,
        message: `${verb} of ${table} has no WHERE: it touches every row${rows(context, table)}`,
      })),
};

export const rowsTruncated: Rule = {
  id: 'rows-truncated',
  severity: 'stop',
  box,
  title: 'A table is emptied',
  why: 'No rollback brings the rows back, and TRUNCATE stops readers too.',
  remedy: 'Make sure that the rows are not needed; otherwise move them first.',
  check: (context) =>
    dataChanges(context)
      .filter(({ verb }) => verb === 'TRUNCATE')
      .map(({ table, line }) => ({ line, message: `TRUNCATE removes all rows of ${table}${rows(context, table)}` })),
};

export const insertNotUndone: Rule = {
  id: 'insert-not-undone',
  severity: 'warn',
  box,
  title: 'Inserted rows stay after the rollback',
  why: 'Applied once more, the migration inserts them again, or fails on their unique key.',
  remedy: 'Delete the rows in the rollback.',
  check: (context) => {
    const undone = changesIn(context.migration.rollback.statements, newTablesOf(context))
      .filter(({ verb }) => verb === 'DELETE')
      .map(({ table }) => table);
    return dataChanges(context)
      .filter(({ verb, table }) => verb === 'INSERT' && !undone.includes(table))
      .map(({ table, line }) => ({
        line,
        message: `rows are inserted into ${table}, and the rollback deletes none from it`,
      }));
  },
};

const unseenCode = (context: ReviewContext, { kind, node }: SqlStatement): readonly string[] => {
  if (isUnseenCode(kind)) return [kind === 'DoStmt' ? 'a DO block' : 'CALL'];
  // Elsewhere a function makes the value of a column; a SELECT in a migration is there for what its function does.
  const called = kind === 'SelectStmt' ? functionsCalled(node as Node) : [];
  return [...new Set(called)].filter((name) => mayWrite(context, name)).map((name) => `the function ${name}`);
};

export const codeUnseen: Rule = {
  id: 'code-unseen',
  severity: 'warn',
  box,
  title: 'A block of code hides what it does',
  why: 'The review reads SQL statements; what a DO block, a procedure or a function does shows in the dry run only.',
  remedy: 'Write plain statements; where a loop is needed, read it yourself before approving.',
  check: (context) =>
    context.migration.statements.flatMap((statement) =>
      unseenCode(context, statement).map((what) => ({
        line: statement.line,
        message: `${what} runs code that the review cannot read`,
      })),
    ),
};
