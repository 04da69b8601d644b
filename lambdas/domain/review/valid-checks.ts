/** The CHECK constraints of a table that hold for all of its rows when a statement of the file begins. */
import type { Node } from 'libpg-query';
import type { SqlStatement } from '#domain/migration/migration';
import { conjunctsOf, parseExpression } from '#domain/sql/expressions';
import type { ReviewContext } from './context';

/** Without their last part: `public.orders.orders_pkey` → `public.orders`. */
const tableOf = (name: string) => name.slice(0, name.lastIndexOf('.'));

const positionOf = ({ index }: SqlStatement) => index;

/** Valid from the start, or since a VALIDATE before the statement; null when it is dropped by then. */
const stateBefore = ({ changes }: ReviewContext, table: string, name: string, at: number) => {
  const commands = changes.commands.filter(
    (one) => one.table === table && one.command.name === name && positionOf(one.statement) < at,
  );
  const last = (subtype: string) =>
    Math.max(-1, ...commands.filter(({ command }) => command.subtype === subtype).map((one) => one.statement.index));
  return { droppedAt: last('AT_DropConstraint'), validatedAt: last('AT_ValidateConstraint') };
};

/** `known` is the table's name in the database, `table` the one that the file has for it by then. */
export const validChecks = (
  context: ReviewContext,
  { known, table, statement }: { readonly known: string; readonly table: string; readonly statement: SqlStatement },
): readonly Node[] => {
  const at = statement.index;
  const existing = context.objects
    .filter(
      ({ kind, name, object }) =>
        kind === 'constraint' && tableOf(name) === known && object.definition['type'] === 'check',
    )
    .filter(({ name, object }) => {
      const state = stateBefore(context, table, name.slice(known.length + 1), at);
      const isEnforced = object.definition['isEnforced'] !== false;
      return state.droppedAt < 0 && isEnforced && (object.definition['isValidated'] === true || state.validatedAt >= 0);
    })
    .flatMap(({ object }) => parseExpression(String(object.definition['definition'])) ?? []);
  const added = context.changes.constraints
    .filter((one) => one.kind === 'check' && one.table === table && one.statement.index < at && one.expression !== null)
    .filter((one) => {
      const state = stateBefore(context, table, one.name ?? '', at);
      return state.droppedAt <= one.statement.index && (one.isValidated || state.validatedAt > one.statement.index);
    })
    .map(({ expression }) => expression as Node);
  return [...existing, ...added].flatMap(conjunctsOf);
};
