/** Box 1.5: a reader learns from the file what it is for and what each statement does. */
import type { Node } from 'libpg-query';
import type { SqlStatement } from '#domain/migration/migration';
import { lexemesOf } from '#domain/sql/lexemes';
import { nodeOf, qualified, stringsOf } from '#domain/sql/syntax';
import type { ReviewContext } from '../context';
import type { Rule } from '../rule';

export const purposeMissing: Rule = {
  id: 'purpose-missing',
  severity: 'note',
  box: '1.5',
  title: 'The file does not say what it is for',
  why: 'Who approves, and who reads the history in two years, sees what is done but not why.',
  remedy: 'Begin the file with a comment "-- Purpose: …".',
  check: ({ migration }) =>
    migration.purpose === null
      ? [{ line: 1, message: 'there is no "-- Purpose: …" comment above the first statement' }]
      : [],
};

const commentedIdentity = (node: Node): string | null => {
  const comment = nodeOf(node, 'CommentStmt');
  if (!comment?.comment) return null;
  const list = stringsOf(nodeOf(comment.object, 'List')?.items);
  const routine = nodeOf(comment.object, 'ObjectWithArgs')?.objname;
  const type = nodeOf(comment.object, 'TypeName')?.names;
  const plain = nodeOf(comment.object, 'String')?.sval;
  if (plain !== undefined) return plain;
  if (comment.objtype === 'OBJECT_TRIGGER' || comment.objtype === 'OBJECT_POLICY' || comment.objtype === 'OBJECT_RULE')
    return `${qualified(list.slice(0, -1))}.${list.at(-1)}`;
  return qualified(routine ? stringsOf(routine) : type ? stringsOf(type) : list);
};

/** What COMMENT ON speaks of, as created objects are identified. */
const commentedObjects = (statements: readonly SqlStatement[]): ReadonlySet<string> =>
  new Set(statements.flatMap(({ node }) => commentedIdentity(node as Node) ?? []));

export const uncommentedStatements = ({ migration, up }: ReviewContext): readonly SqlStatement[] => {
  const commented = commentedObjects(migration.statements);
  const described = new Set(
    up.created.filter(({ identity }) => commented.has(identity)).map(({ statement }) => statement.index),
  );
  return migration.statements.filter(
    (statement) => statement.kind !== 'CommentStmt' && statement.comment === '' && !described.has(statement.index),
  );
};

/** Without what stands between quotes, which may be a secret. */
const firstLine = (sql: string) => {
  const strings = lexemesOf(sql).filter(({ kind }) => kind === 'string');
  const shown = strings.reduceRight((text, { start, end }) => `${text.slice(0, start)}'…'${text.slice(end)}`, sql);
  return shown.split('\n', 1)[0]?.trim().slice(0, 80) ?? '';
};

export const statementUncommented: Rule = {
  id: 'statement-uncommented',
  severity: 'note',
  box: '1.5',
  title: 'A statement has no comment',
  why: 'The SQL says what happens; only a comment says why it has to.',
  remedy:
    'Write a comment line right above the statement, or COMMENT ON the object, which also reaches who looks at the database.',
  check: (context) =>
    uncommentedStatements(context).map(({ line, sql }) => ({
      line,
      message: `"${firstLine(sql)}" has no comment above it and its object no COMMENT ON`,
    })),
};
