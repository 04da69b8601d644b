/** Box 2.2: names that nobody has to quote. */
import type { SqlStatement } from '#domain/migration/migration';
import { lexemesOf } from '#domain/sql/lexemes';
import { reservedWords } from '#domain/sql/reserved-words';
import { isTemporary, nodeOf, relationName } from '#domain/sql/syntax';
import type { ReviewContext } from '../context';
import type { Rule } from '../rule';

export type NewName = { readonly what: string; readonly name: string; readonly line: number };

const renamedTo = ({ node, line }: SqlStatement): readonly NewName[] => {
  const { newname: name, relation } = nodeOf(node, 'RenameStmt') ?? {};
  return name === undefined || isTemporary(relationName(relation)) ? [] : [{ what: 'new name', name, line }];
};

/** Every identifier that the migration brings into the schema. */
export const newNames = ({ migration, changes, up }: ReviewContext): readonly NewName[] => [
  ...up.created
    .filter(({ kind, statement, table }) => kind !== 'constraint' && kind !== 'column' && hasName(statement, table))
    .map(({ kind, identity, line }) => ({ what: kind, name: identity.split('.').at(-1) ?? '', line })),
  ...changes.columns.map(({ name, line }) => ({ what: 'column', name, line })),
  ...changes.constraints.flatMap(({ name, line }) => (name ? [{ what: 'constraint', name, line }] : [])),
  ...migration.statements.flatMap(renamedTo),
];

/** An index without a name gets one from PostgreSQL, which is not the author's. */
const hasName = ({ node }: SqlStatement, table: string | null) =>
  table === null || !nodeOf(node, 'IndexStmt') || nodeOf(node, 'IndexStmt')?.idxname !== undefined;

export const nameNotSnakeCase: Rule = {
  id: 'name-not-snake-case',
  severity: 'note',
  box: '2.2',
  title: 'A name is not snake_case',
  why: 'PostgreSQL folds unquoted names to lower case: whoever writes the name without quotes does not find it.',
  remedy: 'Use lower case letters, digits and underscores, beginning with a letter.',
  check: (context) =>
    newNames(context)
      .filter(
        ({ what, name }) =>
          what !== 'extension' && what !== 'operator' && !/^_?[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/.test(name),
      )
      .map(({ what, name, line }) => ({ line, message: `${what} "${name}" is not snake_case` })),
};

export const nameReserved: Rule = {
  id: 'name-reserved',
  severity: 'note',
  box: '2.2',
  title: 'A name is a reserved word',
  why: 'It needs quotes in every statement that mentions it, and without them means something else: user is the current role.',
  remedy: 'Choose another word, often the plural: users, orders.',
  check: (context) =>
    newNames(context)
      .filter(({ name }) => reservedWords.has(name))
      .map(({ what, name, line }) => ({ line, message: `${what} "${name}" is a reserved word of PostgreSQL` })),
};

// NAMEDATALEN - 1, in bytes.
const longestNameBytes = 63;

export const nameTooLong: Rule = {
  id: 'name-too-long',
  severity: 'warn',
  box: '2.2',
  title: 'A name is over 63 bytes',
  why: 'PostgreSQL cuts it off with no more than a notice; two long names can become one.',
  remedy: 'Shorten the name to 63 bytes.',
  // The parser has cut the name off already, so only the text shows it.
  check: ({ migration }) =>
    migration.statements.flatMap(({ sql, line }) =>
      lexemesOf(sql)
        .filter(({ kind }) => kind === 'word' || kind === 'quoted identifier')
        .map(({ start, end }) => ({ start, name: sql.slice(start, end).replace(/^"|"$/g, '').replaceAll('""', '"') }))
        .filter(({ name }) => Buffer.byteLength(name) > longestNameBytes)
        .map(({ start, name }) => ({
          line: line + (sql.slice(0, start).match(/\n/g)?.length ?? 0),
          message: `"${name}" has ${Buffer.byteLength(name)} bytes; PostgreSQL would cut it off behind ${longestNameBytes}`,
        })),
    ),
};
