/** Why a statement of a script failed, in words for a person. */
import { sqlStateOf } from '#adapters/postgres/session/session';
import { serverWordsOfMadeRows } from '#adapters/postgres/session/statement-failure';
import type { ScriptPiece } from '#domain/folders/pieces';
import { extensionBehind } from '#domain/sql/extension-behind';
import { describeMetaCommand } from '#domain/sql/meta-command';
import type { ScriptFailure } from './result';

/** Splits the statement's text at the position of the server's error; the first part is empty when the error has no position. */
const splitAtFault = ({ sql }: ScriptPiece, error: unknown): readonly [before: string, from: string] => {
  const position = Number((error as { position?: string }).position ?? 1);
  // The server counts characters, JavaScript counts UTF-16 code units.
  const characters = Array.from(sql);
  return [characters.slice(0, position - 1).join(''), characters.slice(position - 1).join('')];
};

/** Explanations that PostgreSQL's message does not give. */
const advice: Readonly<Record<string, string>> = {
  '57P01': 'the session was ended while the statement ran',
  '57014': 'it ran longer than --statement-timeout allows, or cancelled itself',
};

const inlineCopy =
  'rows follow COPY … FROM stdin, which only psql can send; use INSERT, or load the rows by other means';

/** The parser of ours is PostgreSQL's own of this version. */
const parserMajor = 18;

/** What the newer parser has taken and this server's grammar has not. */
const validElsewhere = ({ nodes }: ScriptPiece, error: unknown, serverVersion: string): string | undefined => {
  const isOlder = Number.parseInt(serverVersion, 10) < parserMajor;
  const isOfGrammar = (error as { routine?: string }).routine === 'scanner_yyerror';
  return isOlder && isOfGrammar && nodes.length > 0
    ? `valid in PostgreSQL ${parserMajor}, this server is ${serverVersion}`
    : undefined;
};

/** What PostgreSQL says of the statement, at its line in the file, and what it does not say. */
export const failureOf = (
  fileName: string,
  piece: ScriptPiece,
  error: unknown,
  serverVersion: string,
): ScriptFailure => {
  const sqlState = sqlStateOf(error);
  const [before, from] = splitAtFault(piece, error);
  const remark =
    describeMetaCommand(from) ??
    (/\bfrom\s+stdin\b/i.test(piece.sql) ? inlineCopy : advice[sqlState ?? '']) ??
    validElsewhere(piece, error, serverVersion) ??
    extensionBehind(sqlState, (error as Error).message);
  const message = `${serverWordsOfMadeRows(error)}${remark ? `; ${remark}` : ''}`;
  return { sqlState, file: fileName, line: piece.line + before.split('\n').length - 1, message };
};
