/** Statements that a file of ours cannot hold, because the workflow opens and ends the transactions, or because they act elsewhere. */
import type { Node } from 'libpg-query';
import type { Lexeme } from '#domain/sql/lexemes';
import type { ParsedStatement } from '#domain/sql/parse-sql';
import { statementRows } from '#domain/sql/reach-table';
import type { Source } from '#domain/sql/source';
import { refusal } from '#domain/sql/source';
import { nodeOf } from '#domain/sql/syntax';

const elsewhereIn = (node: Node): string | null => {
  const row = statementRows[Object.keys(node)[0] ?? ''];
  return row?.refusedBecause
    ? `${row.what} acts on ${row.refusedBecause} and not on this database alone: no branch can rehearse it, and no rollback of this file can undo it. Run it by hand beside the checklist`
    : null;
};

const isUnnamedBuild = (node: Node) => nodeOf(node, 'IndexStmt')?.concurrent && !nodeOf(node, 'IndexStmt')?.idxname;

const transactionWords: Readonly<Record<string, string>> = {
  TRANS_STMT_BEGIN: 'BEGIN',
  TRANS_STMT_START: 'START TRANSACTION',
  TRANS_STMT_COMMIT: 'COMMIT',
  TRANS_STMT_ROLLBACK: 'ROLLBACK',
  TRANS_STMT_SAVEPOINT: 'SAVEPOINT',
  TRANS_STMT_RELEASE: 'RELEASE SAVEPOINT',
  TRANS_STMT_ROLLBACK_TO: 'ROLLBACK TO SAVEPOINT',
  TRANS_STMT_PREPARE: 'PREPARE TRANSACTION',
  TRANS_STMT_COMMIT_PREPARED: 'COMMIT PREPARED',
  TRANS_STMT_ROLLBACK_PREPARED: 'ROLLBACK PREPARED',
};

const isCopyWithClient = (node: Node) => {
  const copy = nodeOf(node, 'CopyStmt');
  return copy && !copy.filename && !copy.is_program;
};

/** The schema of the ledger; nobody else's SQL has business in it. */
const reservedSchema = 'migration_checklist';

const isReserved = (source: Source, lexeme: Lexeme) =>
  (lexeme.kind === 'word' || lexeme.kind === 'quoted identifier') &&
  source.textOf(lexeme).replaceAll('"', '').toLowerCase() === reservedSchema;

const flawOf = (statement: ParsedStatement, reserved: readonly Lexeme[]): string | null => {
  const transaction = nodeOf(statement.node, 'TransactionStmt');
  if (transaction)
    return `${transactionWords[transaction.kind ?? ''] ?? 'a transaction command'} is not allowed: the workflow opens and ends the transactions. Remove it`;
  if (isCopyWithClient(statement.node))
    return 'COPY from or to the client is not allowed: a migration has no client that sends rows. Use INSERT, or load the rows by other means';
  const outside = elsewhereIn(statement.node);
  if (outside) return outside;
  if (nodeOf(statement.node, 'DiscardStmt'))
    return 'DISCARD is not allowed: it throws away the session that the workflow runs in. Remove it';
  if (isUnnamedBuild(statement.node))
    return 'CREATE INDEX CONCURRENTLY without a name is not allowed: after an interruption nobody could tell which index it left. Give it a name';
  if (reserved.some(({ start, end }) => start >= statement.start && end <= statement.end))
    return `the schema ${reservedSchema} belongs to the ledger of applied migrations. Keep your objects elsewhere`;
  return null;
};

/** Errors: MigrationRefused at the first statement that the workflow cannot run. */
export const refuseUnfit = (source: Source, statements: readonly ParsedStatement[]): void => {
  const reserved = source.lexemes.filter((lexeme) => isReserved(source, lexeme));
  for (const statement of statements) {
    const flaw = flawOf(statement, reserved);
    if (flaw) throw refusal(source.fileName, source.positionAt(statement.start), flaw);
  }
};
