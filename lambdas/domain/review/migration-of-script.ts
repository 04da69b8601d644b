/** A migration of any tool's folder as the rules look at one. */
import type { FolderMigration, Script } from '#domain/folders/folder';
import { partSource } from '#domain/folders/script';
import type { Migration, SqlStatement } from '#domain/migration/migration';
import { purposeOf } from '#domain/migration/parse-migration';
import { statementsOf } from '#domain/migration/statements';
import { sha256Of } from '#domain/sha256';
import { parseSql } from '#domain/sql/parse-sql';

/** Where the text is no SQL to PostgreSQL's parser. */
export type SyntaxProblem = { readonly file: string; readonly line: number | null; readonly message: string };

type ParsedScript = {
  readonly statements: readonly SqlStatement[];
  readonly text: string;
  readonly purpose: string | null;
  readonly problems: readonly SyntaxProblem[];
};

const parseScript = async ({ fileName, parts, problem }: Script): Promise<ParsedScript> => {
  const statements: SqlStatement[] = [];
  let purpose: string | null = null;
  const problems: SyntaxProblem[] = problem === null ? [] : [{ file: fileName, line: null, message: problem }];
  for (const part of parts) {
    const source = partSource(fileName, part);
    purpose ??= purposeOf(source);
    const outcome = await parseSql(source);
    if ('problem' in outcome) {
      const { message, offset } = outcome.problem;
      problems.push({ file: fileName, line: source.positionAt(offset).line, message });
    } else
      for (const statement of statementsOf(source, outcome.statements))
        statements.push({ ...statement, index: statements.length });
  }
  return { statements, purpose, text: parts.map(({ text }) => text).join('\n'), problems };
};

const nothing: ParsedScript = { statements: [], purpose: null, text: '', problems: [] };

export type ParsedMigration = { readonly migration: Migration; readonly problems: readonly SyntaxProblem[] };

/** What cannot be parsed is a problem, and its statements are not among those that the rules see. */
export const migrationOfScript = async ({ name, up, down }: FolderMigration): Promise<ParsedMigration> => {
  const forward = await parseScript(up);
  const back = down ? await parseScript(down) : nothing;
  return {
    migration: {
      fileName: up.fileName,
      version: /^\d+/.exec(name)?.[0] ?? '',
      description: name,
      sha256: sha256Of(forward.text),
      purpose: forward.purpose,
      statements: forward.statements,
      rollback: { sql: back.text, sha256: sha256Of(back.text), statements: back.statements },
    },
    problems: [...forward.problems, ...back.problems],
  };
};
