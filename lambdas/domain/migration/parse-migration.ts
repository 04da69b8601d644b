import { sha256Of } from '#domain/sha256';
import { commentLines } from '#domain/sql/comment-text';
import { isComment } from '#domain/sql/lexemes';
import { readSource, refusal, type Source } from '#domain/sql/source';
import { parseFileName } from './file-name';
import type { Migration } from './migration';
import { parseStatements } from './parse-statements';
import { rollbackSource } from './rollback-section';
import { statementsOf } from './statements';

/** The lines of the comments above the first statement; an empty line wherever the file has one. */
const headOf = (source: Source): readonly string[] => {
  const firstCode = source.lexemes.findIndex((lexeme) => !isComment(lexeme));
  return source.lexemes.slice(0, Math.max(firstCode, 0)).flatMap((comment, index, comments) => {
    const previous = comments[index - 1];
    const lineOf = (offset: number) => source.positionAt(offset).line;
    const isApart = previous !== undefined && lineOf(comment.start) > lineOf(previous.end) + 1;
    return [...(isApart ? [''] : []), ...commentLines(source, comment)];
  });
};

const purposeHeading = /^purpose\s*:/i;

/** The `Purpose:` of the file's head, with the lines that continue it. */
export const purposeOf = (source: Source): string | null => {
  const head = headOf(source);
  const start = head.findIndex((line) => purposeHeading.test(line));
  if (start === -1) return null;
  const rest = head.slice(start + 1);
  const end = rest.findIndex((line) => line === '' || /^[A-Z]\w*\s*:/.test(line));
  const lines = [head[start]?.replace(purposeHeading, ''), ...rest.slice(0, end === -1 ? rest.length : end)];
  return lines.join(' ').trim() || null;
};

/**
 * Parses a migration file: its name, its purpose, its statements and its rollback. Errors: MigrationRefused, as
 * `file:line:column: what, what was expected, what to do`.
 *
 * @example
 * const file = Buffer.from('CREATE TABLE jobs (id bigint);\n-- ROLLBACK\n-- DROP TABLE jobs;');
 * const { version, statements, rollback } = await parseMigration('001_create_jobs.sql', file);
 * // version '001', statements[0].kind 'CreateStmt', rollback.sql 'DROP TABLE jobs;'
 */
export const parseMigration = async (fileName: string, bytes: Buffer): Promise<Migration> => {
  const { version, description } = parseFileName(fileName);
  const source = readSource(fileName, bytes);
  const statements = await parseStatements(source, 'Correct the statement');
  if (statements.length === 0)
    throw refusal(
      fileName,
      null,
      'there is no statement in the file; expected at least one. Write the migration, then the rollback',
    );
  const rollback = rollbackSource(source);
  const undoing = await parseStatements(rollback, 'In the rollback section, write a remark as "-- -- …"');
  if (undoing.length === 0)
    throw refusal(
      fileName,
      rollback.positionAt(0),
      'the rollback section holds no statement, only remarks. Write the SQL that undoes the migration',
    );
  const rollbackSql = rollback.bytes.toString('utf8');
  return {
    fileName,
    version,
    description,
    sha256: sha256Of(bytes),
    purpose: purposeOf(source),
    statements: statementsOf(source, statements),
    rollback: { sql: rollbackSql, sha256: sha256Of(rollbackSql), statements: statementsOf(rollback, undoing) },
  };
};
