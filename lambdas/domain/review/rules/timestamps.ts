/** Box 2.5: when a row was made and last changed, and that the latter keeps true. */
import { nodeOf, relationName } from '#domain/sql/syntax';
import type { TableChange, TriggerChange } from '../changes/change';
import type { ReviewContext } from '../context';
import type { Rule } from '../rule';

/** pg_dump makes a partition as a table and attaches it: its parent's triggers become its own. */
export const isAttached = ({ changes }: ReviewContext, table: string): boolean =>
  changes.commands.some(
    ({ command }) =>
      command.subtype === 'AT_AttachPartition' && relationName(nodeOf(command.def, 'PartitionCmd')?.name) === table,
  );

/** New tables whose columns are all in the file, partitions left out. */
export const ownTables = (context: ReviewContext): readonly TableChange[] =>
  context.changes.tables.filter(
    ({ name, parents, hasOwnColumns }) => parents.length === 0 && hasOwnColumns && !isAttached(context, name),
  );

const hasColumn = ({ changes }: ReviewContext, table: string, column: string) =>
  changes.columns.some((one) => one.table === table && one.name === column);

/** The function's text, from the file or from the database; null where nobody knows it. */
const bodyOf = ({ changes, existingDefinitions }: ReviewContext, name: string): string | null =>
  changes.functions.find((one) => one.name === name)?.body ?? existingDefinitions.get(`function ${name}`) ?? null;

const updateTriggers = ({ changes }: ReviewContext, table: string): readonly TriggerChange[] =>
  changes.triggers.filter(
    (trigger) => trigger.table === table && trigger.isBefore && trigger.firesOn.includes('update'),
  );

const withoutComments = (body: string) => body.replace(/--[^\n]*/g, '').replace(/\/\*[\s\S]*?\*\//g, '');

const onlyRaises = (body: string | null) =>
  body !== null && /\bbegin\s+raise\s+exception\b[^;]*;\s*(?:return\s+\w+\s*;\s*)?end\b/i.test(withoutComments(body));

/** A trigger refuses every UPDATE: there is no last change to record. */
export const isAppendOnly = (context: ReviewContext, table: string): boolean =>
  updateTriggers(context, table).some((trigger) => onlyRaises(bodyOf(context, trigger.function)));

const maintainsUpdatedAt = (context: ReviewContext, trigger: TriggerChange) => {
  const body = bodyOf(context, trigger.function);
  return trigger.isRow && (body === null || /\bnew\s*\.\s*updated_at\s*:?=/i.test(withoutComments(body)));
};

export const createdAtMissing: Rule = {
  id: 'created-at-missing',
  severity: 'note',
  box: '2.5',
  title: 'A table has no created_at',
  why: 'The first question about any wrong row is when it was made.',
  remedy: 'Add created_at timestamptz NOT NULL DEFAULT now().',
  check: (context) =>
    ownTables(context)
      .filter(({ name }) => !hasColumn(context, name, 'created_at'))
      .map(({ name, line }) => ({ line, message: `${name} has no column created_at` })),
};

export const updatedAtMissing: Rule = {
  id: 'updated-at-missing',
  severity: 'note',
  box: '2.5',
  title: 'A table has no updated_at',
  why: 'Without it nobody can tell a changed row from an untouched one, nor copy only what changed.',
  remedy:
    'Add updated_at timestamptz NOT NULL DEFAULT now() and a trigger that maintains it; or make the table append-only by a trigger that refuses UPDATE.',
  check: (context) =>
    ownTables(context)
      .filter(({ name }) => !hasColumn(context, name, 'updated_at') && !isAppendOnly(context, name))
      .map(({ name, line }) => ({
        line,
        message: `${name} has no column updated_at and no trigger that refuses UPDATE`,
      })),
};

export const updatedAtUnmaintained: Rule = {
  id: 'updated-at-unmaintained',
  severity: 'note',
  box: '2.5',
  title: 'Nothing maintains updated_at',
  why: 'A default fills it at INSERT only; whatever UPDATE forgets it leaves a column that lies.',
  remedy: 'Add a trigger BEFORE UPDATE … FOR EACH ROW whose function sets NEW.updated_at.',
  check: (context) =>
    context.changes.columns
      .filter(({ name, table, isNewTable }) => name === 'updated_at' && isNewTable && !isAppendOnly(context, table))
      .filter(({ table }) => !isAttached(context, table))
      .filter(({ table }) => !updateTriggers(context, table).some((trigger) => maintainsUpdatedAt(context, trigger)))
      .map(({ table, line }) => ({ line, message: `no trigger BEFORE UPDATE on ${table} sets updated_at` })),
};
