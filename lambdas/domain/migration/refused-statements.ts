/** Statements that a file of ours cannot hold, because the workflow runs the file in one transaction of its own. */
import type { Node } from 'libpg-query';
import type { Lexeme } from '../sql/lexemes';
import type { ParsedStatement } from '../sql/parse-sql';
import type { Source } from '../sql/source';
import { refusal } from '../sql/source';
import { nodeOf, nodesOf } from '../sql/syntax';

const isConcurrent = (options: readonly Node[] | undefined) =>
  nodesOf(options, 'DefElem').some(({ defname }) => defname === 'concurrently');

const hasConcurrentDetach = (commands: readonly Node[] | undefined) =>
  nodesOf(commands, 'AlterTableCmd').some(({ def }) => nodeOf(def, 'PartitionCmd')?.concurrent);

const withoutConcurrently =
  'Leave CONCURRENTLY out (the dry run measures how long it blocks), or run it by hand beside the checklist';
const byHand = 'Run it by hand beside the checklist';

type RefusedStatement = {
  /** As people call it. */
  readonly name: string;
  applies(node: Node): unknown;
  readonly remedy: string;
};

// Each of these calls PreventInTransactionBlock in PostgreSQL's source.
const outsideTransactions: readonly RefusedStatement[] = [
  {
    name: 'CREATE INDEX CONCURRENTLY',
    applies: (node) => nodeOf(node, 'IndexStmt')?.concurrent,
    remedy: withoutConcurrently,
  },
  {
    name: 'DROP INDEX CONCURRENTLY',
    applies: (node) => nodeOf(node, 'DropStmt')?.concurrent,
    remedy: withoutConcurrently,
  },
  {
    name: 'REINDEX CONCURRENTLY',
    applies: (node) => isConcurrent(nodeOf(node, 'ReindexStmt')?.params),
    remedy: withoutConcurrently,
  },
  {
    name: 'DETACH PARTITION CONCURRENTLY',
    applies: (node) => hasConcurrentDetach(nodeOf(node, 'AlterTableStmt')?.cmds),
    remedy: withoutConcurrently,
  },
  {
    name: 'REINDEX of a schema or database',
    applies: (node) =>
      ['REINDEX_OBJECT_SCHEMA', 'REINDEX_OBJECT_SYSTEM', 'REINDEX_OBJECT_DATABASE'].includes(
        nodeOf(node, 'ReindexStmt')?.kind ?? '',
      ),
    remedy: byHand,
  },
  {
    name: 'VACUUM',
    applies: (node) => nodeOf(node, 'VacuumStmt')?.is_vacuumcmd,
    remedy: 'Leave it to autovacuum, or run it by hand beside the checklist',
  },
  {
    name: 'CLUSTER of all tables',
    applies: (node) => nodeOf(node, 'ClusterStmt') && !nodeOf(node, 'ClusterStmt')?.relation,
    remedy: byHand,
  },
  { name: 'ALTER SYSTEM', applies: (node) => nodeOf(node, 'AlterSystemStmt'), remedy: byHand },
  { name: 'CREATE DATABASE', applies: (node) => nodeOf(node, 'CreatedbStmt'), remedy: byHand },
  { name: 'DROP DATABASE', applies: (node) => nodeOf(node, 'DropdbStmt'), remedy: byHand },
  { name: 'ALTER DATABASE', applies: (node) => nodeOf(node, 'AlterDatabaseStmt'), remedy: byHand },
  { name: 'CREATE TABLESPACE', applies: (node) => nodeOf(node, 'CreateTableSpaceStmt'), remedy: byHand },
  { name: 'DROP TABLESPACE', applies: (node) => nodeOf(node, 'DropTableSpaceStmt'), remedy: byHand },
  { name: 'CREATE SUBSCRIPTION', applies: (node) => nodeOf(node, 'CreateSubscriptionStmt'), remedy: byHand },
  { name: 'DROP SUBSCRIPTION', applies: (node) => nodeOf(node, 'DropSubscriptionStmt'), remedy: byHand },
  { name: 'DISCARD', applies: (node) => nodeOf(node, 'DiscardStmt'), remedy: 'Remove it' },
];

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
    return `${transactionWords[transaction.kind ?? ''] ?? 'a transaction command'} is not allowed: the whole file runs in one transaction that the workflow opens and ends. Remove it`;
  if (isCopyWithClient(statement.node))
    return 'COPY from or to the client is not allowed: a migration has no client that sends rows. Use INSERT, or load the rows by other means';
  const outside = outsideTransactions.find(({ applies }) => applies(statement.node));
  if (outside)
    return `${outside.name} cannot run inside a transaction, and files without one are not supported yet. ${outside.remedy}`;
  if (reserved.some(({ start, end }) => start >= statement.start && end <= statement.end))
    return `the schema ${reservedSchema} belongs to the ledger of applied migrations. Keep your objects elsewhere`;
  return null;
};

/** Errors: MigrationRefused at the first statement that cannot run in the workflow's transaction. */
export const refuseUnfit = (source: Source, statements: readonly ParsedStatement[]): void => {
  const reserved = source.lexemes.filter((lexeme) => isReserved(source, lexeme));
  for (const statement of statements) {
    const flaw = flawOf(statement, reserved);
    if (flaw) throw refusal(source.fileName, source.positionAt(statement.start), flaw);
  }
};
