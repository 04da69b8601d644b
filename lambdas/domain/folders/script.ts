/** From a file, or stretches of one, to a script. */
import { MigrationRefused } from '#domain/errors';
import { isComment } from '#domain/sql/lexemes';
import { derivedSource, readSource, type Source } from '#domain/sql/source';
import type { FolderFile, Script, ScriptPart } from './folder';

/** The file as a source, or a script that only says why it cannot be read. */
export const sourceOrProblem = ({ path, bytes }: FolderFile): Source | Script => {
  try {
    return readSource(path, bytes);
  } catch (error) {
    if (!(error instanceof MigrationRefused)) throw error;
    return problemScript(path, error.message);
  }
};

/** The line is read from the message where that begins with `file:line`. */
export const problemScript = (fileName: string, problem: string): Script => {
  const line = problem.startsWith(`${fileName}:`) ? /^:(\d+)/.exec(problem.slice(fileName.length))?.[1] : undefined;
  const problemLine = line === undefined ? null : Number(line);
  return { fileName, parts: [], inTransaction: true, problem, problemLine };
};

export const isScript = (value: Source | Script): value is Script => 'parts' in value;

/** The text of a part as a source whose positions are lines of the file. */
export const partSource = (fileName: string, { text, line }: ScriptPart): Source =>
  derivedSource(fileName, text, (position) => ({ ...position, line: position.line + line - 1 }));

/** Everything in the file. */
export const wholeFile = (file: FolderFile, inTransaction = true): Script => {
  const source = sourceOrProblem(file);
  if (isScript(source)) return source;
  const parts = [{ text: source.bytes.toString('utf8'), line: 1, isOnePiece: false }];
  return { fileName: file.path, parts, inTransaction, problem: null };
};

/** sqlx looks for it at the very beginning of the file. */
const noTransaction = /^--\s*no-transaction\b/;

/** True when the file begins as only sqlx has it. */
export const saysNoTransaction = ({ bytes }: FolderFile): boolean =>
  noTransaction.test(bytes.subarray(0, 80).toString('utf8'));

/** Everything in the file; its first bytes may say that it must not run in a transaction, as sqlx has it. */
export const wholeFileOfSqlx = (file: FolderFile): Script => wholeFile(file, !saysNoTransaction(file));

/** The script when it holds a statement or a problem; null when there are only comments, which undo nothing. */
export const unlessEmpty = (script: Script): Script | null => {
  const holdsCode = script.parts.some((part) =>
    partSource(script.fileName, part).lexemes.some((one) => !isComment(one)),
  );
  return holdsCode || script.problem !== null ? script : null;
};
