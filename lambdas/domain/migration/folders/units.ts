/** What of a script is sent to the server in one message, and what that tells about how it must run. */
import type { Node } from 'libpg-query';
import { parseSql } from '../../sql/parse-sql';
import { nodeOf } from '../../sql/syntax';
import type { Script, ScriptPart } from './folder';
import { partSource } from './script';

export type ScriptUnit = {
  readonly sql: string;
  /** 1-based line in the file. */
  readonly line: number;
  /** What the parser made of it; empty when it is no SQL to it: then the server says what is wrong. */
  readonly nodes: readonly Node[];
};

const unitsOfPart = async (fileName: string, part: ScriptPart): Promise<readonly ScriptUnit[]> => {
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
export const unitsOf = async ({ fileName, parts }: Script): Promise<readonly ScriptUnit[]> => {
  const units: ScriptUnit[] = [];
  for (const part of parts) units.push(...(await unitsOfPart(fileName, part)));
  return units;
};

/** True when the script opens or ends transactions itself. */
export const controlsTransactions = (units: readonly ScriptUnit[]): boolean =>
  units.some(({ nodes }) => nodes.some((node) => nodeOf(node, 'TransactionStmt')));
