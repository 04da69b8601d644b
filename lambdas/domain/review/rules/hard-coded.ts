/** Box 1.6: values that belong to one environment have no place in a file that runs in several. */
import type { Node } from 'libpg-query';
import type { SqlStatement } from '#domain/migration/migration';
import { type Lexeme, lexemesOf } from '#domain/sql/lexemes';
import { nodeOf, stringsOf, walk } from '#domain/sql/syntax';
import type { ReviewContext } from '../context';
import { once } from '../once';
import type { Rule, Severity } from '../rule';
import { waiversIn } from '../waivers';

export type HardCoded = {
  readonly rule: string;
  /** What the author can waive by name; null for a secret, which is neither shown nor waived. */
  readonly value: string | null;
  readonly line: number;
  /** The reason given in `-- waive: <value>, <reason>`; null when not waived. */
  readonly waivedBecause: string | null;
};

type Seen = { readonly rule: string; readonly value: string | null; readonly line: number };

type Pattern = {
  readonly rule: string;
  readonly pattern: RegExp;
  /** Picks what to show. */
  show(match: RegExpExecArray): string;
};

// What comes out of these is taken out of the text before the other patterns look at it, so that no message shows it.
const secrets: readonly RegExp[] = [/\bpassword\s*=\s*[^\s']+/gi, /(?<=\b[a-z][a-z0-9+]*:\/\/[^\s/:@']*:)[^\s/@']+@/gi];

const patterns: readonly Pattern[] = [
  {
    rule: 'hard-coded-host',
    pattern: /\b[a-z][a-z0-9+]*:\/\/(?:[^\s/@']+@|[^\s/:@']*:\s+)?([a-z0-9.-]+)/gi,
    show: ([, host = '']) => host,
  },
  { rule: 'hard-coded-host', pattern: /(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])/g, show: ([address]) => address },
  {
    rule: 'hard-coded-host',
    pattern: /(?<![\w@./-])(?:[a-z0-9-]+\.)+(?:com|net|org|io|dev|tech|cloud|internal|local|corp|lan)(?![\w.-])/gi,
    show: ([host]) => host,
  },
  {
    rule: 'hard-coded-email',
    pattern: /[\w.+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+/gi,
    show: ([address]) => address,
  },
  {
    rule: 'hard-coded-id',
    pattern: /\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi,
    show: ([id]) => id,
  },
];

const lineAt = ({ sql, line }: SqlStatement, offset: number) => line + (sql.slice(0, offset).match(/\n/g)?.length ?? 0);

const blankOut = (text: string) =>
  secrets.reduce((shown, secret) => shown.replace(secret, (found) => ' '.repeat(found.length)), text);

const inString = (statement: SqlStatement, { start, end }: Lexeme): readonly Seen[] => {
  const text = statement.sql.slice(start, end);
  const at = (offset: number) => lineAt(statement, start + offset);
  const passwords = secrets.flatMap((secret) =>
    [...text.matchAll(secret)].map(({ index }) => ({ rule: 'hard-coded-password', value: null, line: at(index) })),
  );
  const shown = blankOut(text);
  const values = patterns.flatMap(({ rule, pattern, show }) =>
    [...shown.matchAll(pattern)].map((match) => ({
      rule,
      value: show(match as RegExpExecArray),
      line: at(match.index),
    })),
  );
  return [...passwords, ...values];
};

const inStrings = (statement: SqlStatement): readonly Seen[] =>
  (/['$]/.test(statement.sql) ? lexemesOf(statement.sql) : [])
    .filter(({ kind }) => kind === 'string')
    .flatMap((string) => inString(statement, string));

const isIdColumn = (name: string | undefined) => name === 'id' || name?.endsWith('_id') === true;

const comparing = ['=', '<>', '<', '>', '<=', '>='];

type Tree = Readonly<Record<string, unknown>>;

/** Roles, passwords, databases and numbers compared with ids, which only the syntax tree tells from other words. */
const inTree = (statement: SqlStatement): readonly Seen[] => {
  const { line } = statement;
  const seen: Seen[] = [];
  const add = (rule: string, value: string | null) => seen.push({ rule, value, line });
  walk(statement.node, (kind, content: Tree) => {
    if (content['roletype'] === 'ROLESPEC_CSTRING') add('hard-coded-role', String(content['rolename']));
    if (kind === 'DefElem' && content['defname'] === 'password') add('hard-coded-password', null);
    if (kind === 'GrantStmt' && content['objtype'] === 'OBJECT_DATABASE')
      for (const database of stringsOf(nodeOf({ GrantStmt: content }, 'GrantStmt')?.objects))
        add('hard-coded-database', database);
    if (kind === 'GrantRoleStmt')
      for (const role of nodeOf({ GrantRoleStmt: content }, 'GrantRoleStmt')?.granted_roles ?? [])
        add('hard-coded-role', nodeOf(role, 'AccessPriv')?.priv_name ?? '');
    if (kind === 'CreateRoleStmt') add('hard-coded-role', String(content['role']));
    // id % 2 and id + 1000 address no row.
    if (
      kind === 'A_Expr' &&
      comparing.includes(stringsOf(content['name'] as readonly Node[] | undefined).at(-1) ?? '')
    ) {
      const sides = [content['lexpr'], content['rexpr']];
      const column = sides.map((side) => stringsOf(nodeOf(side, 'ColumnRef')?.fields).at(-1)).find(isIdColumn);
      const number = sides.map((side) => nodeOf(side, 'A_Const')?.ival?.ival).find((value) => value !== undefined);
      if (column && number !== undefined) add('hard-coded-id', `${column} = ${number}`);
    }
  });
  return seen;
};

/** All of them, the waived ones too. Comments hold what they like. */
export const hardCodedValues = once(({ migration }: ReviewContext): readonly HardCoded[] =>
  migration.statements
    .filter(({ kind }) => kind !== 'CommentStmt')
    .flatMap((statement) => {
      const waivers = waiversIn(statement);
      const once = new Map(
        [...inStrings(statement), ...inTree(statement)].map((seen) => [
          `${seen.rule} ${seen.value} ${seen.line}`,
          seen,
        ]),
      );
      return [...once.values()].map((seen) => ({
        ...seen,
        waivedBecause: (seen.value !== null && waivers.get(seen.value)) || null,
      }));
    }),
);

const rule = (id: string, severity: Severity, what: string, title: string, why: string, remedy: string): Rule => ({
  id,
  severity,
  title,
  why,
  remedy,
  box: '1.6',
  check: (context) =>
    hardCodedValues(context)
      .filter((value) => value.rule === id && value.waivedBecause === null)
      .map(({ value, line }) => ({
        line,
        message:
          value === null
            ? `${what} is written in the statement; it is in the history of the repository now, so change it`
            : `${what} ${value} is written in the statement; take it out, or add the comment "-- waive: ${value}, <reason>"`,
      })),
});

const remedy = 'Leave the value to configuration, or waive it by name in a comment: -- waive: <value>, <reason>.';

export const hardCodedRules: readonly Rule[] = [
  rule(
    'hard-coded-host',
    'warn',
    'the host',
    'A host is hard-coded',
    'Another environment has another host; the migration would tie it to this one.',
    remedy,
  ),
  rule(
    'hard-coded-email',
    'note',
    'the mail address',
    'A mail address is hard-coded',
    'Addresses belong to people of one environment, and people change.',
    remedy,
  ),
  rule(
    'hard-coded-id',
    'note',
    'the id',
    'A row is addressed by a hard-coded id',
    'Ids are given out by each database: elsewhere the same id is another row, or none.',
    'Find rows by what they mean, for example by a natural key; or waive the id by name.',
  ),
  rule(
    'hard-coded-password',
    'stop',
    'a password',
    'A password is in the file',
    'A repository is no place for a secret: everybody who can read it has it, for ever.',
    'Set passwords outside migrations. A password cannot be waived.',
  ),
  rule(
    'hard-coded-role',
    'note',
    'the role',
    'A role is hard-coded',
    'Roles are not part of the schema: in an environment without the role the migration fails.',
    remedy,
  ),
  rule(
    'hard-coded-database',
    'warn',
    'the database',
    'A database is hard-coded',
    'The database has another name in every environment, and on every branch that is a copy.',
    remedy,
  ),
];
