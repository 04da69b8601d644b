/** The pieces of a script that are sent to the server in one message each, and how they must run. */
import type { Node } from 'libpg-query';
import { parseSql } from '#domain/sql/parse-sql';
import { nodeOf } from '#domain/sql/syntax';
import type { Script, ScriptPart } from './folder';
import { partSource } from './script';

export type ScriptPiece = {
  readonly sql: string;
  /** 1-based line in the file. */
  readonly line: number;
  /** What the parser made of it; empty when it is no SQL to it: then the server says what is wrong. */
  readonly nodes: readonly Node[];
};

const piecesOfPart = async (fileName: string, part: ScriptPart): Promise<readonly ScriptPiece[]> => {
  const source = partSource(fileName, part);
  const outcome = await parseSql(source);
  const statements = 'statements' in outcome ? outcome.statements : [];
  const first = source.lexemes.find(({ kind }) => !kind.endsWith('comment'));
  if (!first) return [];
  if (part.isOnePiece || 'problem' in outcome) {
    const sql = source.textOf({ start: first.start, end: source.bytes.length });
    return [{ sql, line: source.positionAt(first.start).line, nodes: statements.map(({ node }) => node) }];
  }
  return statements.map((statement) => ({
    sql: source.textOf(statement),
    line: source.positionAt(statement.start).line,
    nodes: [statement.node],
  }));
};

/** In the order in which they run. */
export const piecesOf = async ({ fileName, parts }: Script): Promise<readonly ScriptPiece[]> => {
  const pieces: ScriptPiece[] = [];
  for (const part of parts) pieces.push(...(await piecesOfPart(fileName, part)));
  return pieces;
};

/** They stay within a transaction; all others of their kind open or end one. */
const savepointKinds: readonly string[] = ['TRANS_STMT_SAVEPOINT', 'TRANS_STMT_RELEASE', 'TRANS_STMT_ROLLBACK_TO'];

/** The first statement that opens or ends a transaction; null when none does. */
const firstControl = (pieces: readonly ScriptPiece[]): string | null => {
  for (const { nodes } of pieces)
    for (const node of nodes) {
      const kind = nodeOf(node, 'TransactionStmt')?.kind;
      if (kind !== undefined && !savepointKinds.includes(kind)) return kind;
    }
  return null;
};

/** True when the script opens or ends transactions itself. */
export const controlsTransactions = (pieces: readonly ScriptPiece[]): boolean => firstControl(pieces) !== null;

/** True when it first ends a transaction that it has not opened: its tool's. */
export const endsItsToolsTransaction = (pieces: readonly ScriptPiece[]): boolean =>
  ['TRANS_STMT_COMMIT', 'TRANS_STMT_ROLLBACK'].includes(firstControl(pieces) ?? '');

/** True when it ends a transaction of which nothing stays. */
export const rollsBack = ({ nodes }: ScriptPiece): boolean =>
  nodes.some((node) => nodeOf(node, 'TransactionStmt')?.kind === 'TRANS_STMT_ROLLBACK');
