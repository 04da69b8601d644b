/** CREATE SCHEMA may hold other statements; their objects land in the new schema. */
import type { Node, RangeVar } from 'libpg-query';
import type { SqlStatement } from '#domain/migration/migration';
import { nodeOf } from '#domain/sql/syntax';

const relationFields = ['relation', 'view', 'sequence'];

const inSchema = (node: Node, schema: string): Node => {
  const [[kind, content] = ['', {}]] = Object.entries(node) as [string, Readonly<Record<string, unknown>>][];
  const relations = relationFields
    .filter((field) => content[field] !== undefined)
    .map((field) => [field, { schemaname: schema, ...(content[field] as RangeVar) }]);
  return { [kind]: { ...content, ...Object.fromEntries(relations) } } as unknown as Node;
};

/** Every statement, followed by those inside it; the inner ones carry the outer one's text and line. */
export const flatten = (statements: readonly SqlStatement[]): readonly SqlStatement[] =>
  statements.flatMap((statement) => {
    const created = nodeOf(statement.node, 'CreateSchemaStmt');
    const inner = (created?.schemaElts ?? []).map((node) => inSchema(node, created?.schemaname ?? ''));
    return [statement, ...inner.map((node) => ({ ...statement, node, kind: Object.keys(node)[0] ?? '' }))];
  });
