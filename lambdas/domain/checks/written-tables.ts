/** Which tables the text of a statement writes to, WITH clauses included; what its triggers and cascades write is not in the text. */
import type { Node, RangeVar } from 'libpg-query';
import { nodesOf, walk } from '#domain/sql/syntax';
import type { WriteEvent, WrittenTable } from './checks';

type Content = Readonly<Record<string, unknown>>;

const eventsOf: Readonly<Record<string, (content: Content) => readonly WriteEvent[]>> = {
  InsertStmt: ({ onConflictClause }) => (onConflictClause ? ['INSERT', 'UPDATE'] : ['INSERT']),
  UpdateStmt: () => ['UPDATE'],
  DeleteStmt: () => ['DELETE'],
  MergeStmt: () => ['INSERT', 'UPDATE', 'DELETE'],
  TruncateStmt: () => ['TRUNCATE'],
};

const written = ({ schemaname, relname }: RangeVar, events: readonly WriteEvent[]): WrittenTable => ({
  schema: schemaname ?? null,
  name: relname ?? '',
  events,
});

/**
 * @example
 * writtenTables(node) // of `INSERT INTO jobs …`: [{ schema: null, name: 'jobs', events: ['INSERT'] }]
 */
export const writtenTables = (node: Node): readonly WrittenTable[] => {
  const tables: WrittenTable[] = [];
  walk(node, (kind, content) => {
    const events = eventsOf[kind]?.(content);
    if (!events) return;
    const { relation, relations } = content as { relation?: RangeVar; relations?: readonly Node[] };
    const targets = [...(relation ? [relation] : []), ...nodesOf(relations, 'RangeVar')];
    tables.push(...targets.map((target) => written(target, events)));
  });
  return tables;
};
