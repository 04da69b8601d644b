/** For what waits, breaks or fails: the same change written so that it does not, as SQL for this very statement. */
import { quotedIdentity, quotedName } from '#domain/sql/quoted-name';
import { nodeOf, typeOf } from '#domain/sql/syntax';
import type { CommandChange, ConstraintChange } from './changes/change';
import type { ReviewContext } from './context';
import { holdsLine } from './waivers';

/** What a line of the file holds. */
type Place = {
  readonly context: ReviewContext;
  readonly line: number;
  /** The statement's text, without its semicolon. */
  readonly sql: string;
};

type Way = (place: Place) => string | null;

const commandsAt = ({ context, line }: Place): readonly CommandChange[] =>
  context.changes.commands.filter((command) => command.line === line);

const constraintsAt = ({ context, line }: Place): readonly ConstraintChange[] =>
  context.changes.constraints.filter((constraint) => constraint.line === line);

const lastPart = (identity: string) => identity.split('.').at(-1) ?? identity;

const listOf = (columns: readonly string[]) => columns.map(quotedName).join(', ');

/** PostgreSQL builds no index of a partitioned table CONCURRENTLY. */
const isPartitioned = ({ context }: Place, table: string): boolean =>
  context.objects.some(
    ({ kind, name, object }) => kind === 'table' && name === table && object.definition['partitionKey'] !== undefined,
  );

/** NOT NULL without reading the table under a lock: PostgreSQL takes a valid CHECK's word for it. */
const requireInSteps = (table: string, column: string): string => {
  const [name, check] = [quotedIdentity(table), quotedName(`${lastPart(table)}_${column}_not_null`)];
  const quoted = quotedName(column);
  return [
    `ALTER TABLE ${name} ADD CONSTRAINT ${check} CHECK (${quoted} IS NOT NULL) NOT VALID;`,
    '-- in a later migration, which blocks nobody:',
    `ALTER TABLE ${name} VALIDATE CONSTRAINT ${check};`,
    `ALTER TABLE ${name} ALTER COLUMN ${quoted} SET NOT NULL;`,
    `ALTER TABLE ${name} DROP CONSTRAINT ${check};`,
  ].join('\n');
};

const requiredColumn: Way = (place) => {
  const required = commandsAt(place).find(({ command }) => command.subtype === 'AT_SetNotNull');
  return required ? requireInSteps(required.table, required.command.name ?? '') : null;
};

/** Added NULL first: the running application's INSERTs still pass. */
const columnLater: Way = (place) => {
  const column = place.context.changes.columns.find(({ line, isNewTable }) => line === place.line && !isNewTable);
  if (!column?.isNotNull || column.defaultValue !== null) return requiredColumn(place);
  return [
    `ALTER TABLE ${quotedIdentity(column.table)} ADD COLUMN ${quotedName(column.name)} ${column.type};`,
    '-- once the released application fills it and the old rows have a value:',
    requireInSteps(column.table, column.name),
  ].join('\n');
};

/** As written in full, `schema.name`; null for what names no table. */
const indexedTable = ({ context, line }: Place): string | null => {
  const statement = context.migration.statements.find((one) => holdsLine(one, line));
  const relation =
    nodeOf(statement?.node, 'IndexStmt')?.relation ?? nodeOf(statement?.node, 'ReindexStmt')?.relation ?? null;
  return relation && `${relation.schemaname ?? 'public'}.${relation.relname}`;
};

const builtBeside: Way = (place) => {
  const { sql } = place;
  const tables = [indexedTable(place), ...constraintsAt(place).map(({ table }) => table)];
  if (tables.some((table) => table !== null && isPartitioned(place, table))) return null;
  const concurrently = sql.replace(
    /^(create\s+(?:unique\s+)?index|reindex(?:\s*\([^)]*\))?\s+\w+)\b/i,
    '$1 CONCURRENTLY',
  );
  if (concurrently !== sql) return `${concurrently};`;
  const [constraint, ...others] = constraintsAt(place).filter(({ usingIndex }) => usingIndex === null);
  if (!constraint || others.length > 0 || !['unique', 'primary key'].includes(constraint.kind)) return null;
  const { table, kind, columns } = constraint;
  const name = quotedName(
    constraint.name ?? `${lastPart(table)}_${kind === 'unique' ? `${columns.join('_')}_key` : 'pkey'}`,
  );
  const building = `CREATE UNIQUE INDEX CONCURRENTLY ${name} ON ${quotedIdentity(table)} (${listOf(columns)});`;
  const taking = `ALTER TABLE ${quotedIdentity(table)} ADD CONSTRAINT ${name} ${kind.toUpperCase()} USING INDEX ${name};`;
  return `${building}\n${taking}`;
};

const validatedLater: Way = (place) => {
  const [command, ...more] = commandsAt(place);
  const [constraint] = constraintsAt(place);
  if (!command || more.length > 0) return null;
  if (command.command.subtype === 'AT_SetNotNull') return requiredColumn(place);
  if (!constraint || constraint.name === null || !['check', 'foreign key'].includes(constraint.kind)) return null;
  // Before PostgreSQL 18 a foreign key of a partitioned table cannot be NOT VALID.
  if (constraint.kind === 'foreign key' && isPartitioned(place, constraint.table)) return null;
  return [
    `${place.sql} NOT VALID;`,
    '-- in a later migration, which blocks nobody:',
    `ALTER TABLE ${quotedIdentity(constraint.table)} VALIDATE CONSTRAINT ${quotedName(constraint.name)};`,
  ].join('\n');
};

/** Expand and contract: the new column beside the old one. */
const besideOldColumn: Way = (place) => {
  const [retyped, ...more] = commandsAt(place).filter(({ command }) => command.subtype === 'AT_AlterColumnType');
  const typeName = nodeOf(retyped?.command.def, 'ColumnDef')?.typeName;
  if (!retyped || more.length > 0 || !typeName) return null;
  const type = typeOf(typeName);
  const [table, old] = [quotedIdentity(retyped.table), retyped.command.name ?? ''];
  const neu = `${old}_new`;
  return [
    `ALTER TABLE ${table} ADD COLUMN ${quotedName(neu)} ${type};`,
    `-- with the old one's default and constraints; the application writes both; then, in batches, each committed for itself, until no row is changed:`,
    `UPDATE ${table} SET ${quotedName(neu)} = ${quotedName(old)}::${type}`,
    `  WHERE ctid = ANY (ARRAY(SELECT ctid FROM ${table} WHERE ${quotedName(neu)} IS DISTINCT FROM ${quotedName(old)}::${type} LIMIT 5000));`,
    '-- once nobody reads the old column, in a later migration:',
    `ALTER TABLE ${table} DROP COLUMN ${quotedName(old)};`,
    `ALTER TABLE ${table} RENAME COLUMN ${quotedName(neu)} TO ${quotedName(old)};`,
  ].join('\n');
};

const underBothNames: Way = ({ context, line }) => {
  const statement = context.migration.statements.find((one) => one.line === line);
  const rename = nodeOf(statement?.node, 'RenameStmt');
  if (rename?.renameType !== 'OBJECT_TABLE' || !rename.relation) return null;
  const [schema, name] = [rename.relation.schemaname ?? 'public', rename.relation.relname ?? ''];
  const old = quotedIdentity(`${schema}.${name}`);
  return [
    `ALTER TABLE ${old} RENAME TO ${quotedName(rename.newname ?? '')};`,
    '-- in the same transaction; statements with the earlier name read and write through it:',
    `CREATE VIEW ${old} WITH (security_invoker) AS SELECT * FROM ${quotedIdentity(`${schema}.${rename.newname}`)};`,
  ].join('\n');
};

const deletedInBatches: Way = ({ context, line }) => {
  const statement = context.migration.statements.find((one) => one.line === line);
  const relation = nodeOf(statement?.node, 'DeleteStmt')?.relation;
  if (!relation) return null;
  const table = quotedIdentity(`${relation.schemaname ?? 'public'}.${relation.relname}`);
  return [
    '-- in batches, each committed for itself, until no row is deleted:',
    `DELETE FROM ${table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM ${table} LIMIT 5000));`,
  ].join('\n');
};

const indexedKey: Way = (place) => {
  const [key, ...others] = constraintsAt(place).filter(({ kind }) => kind === 'foreign key');
  if (!key || others.length > 0 || key.columns.length === 0) return null;
  const name = quotedName(`${lastPart(key.table)}_${key.columns.join('_')}_idx`);
  const isBuiltBeside = !key.isNewTable && !isPartitioned(place, key.table);
  return `CREATE INDEX${isBuiltBeside ? ' CONCURRENTLY' : ''} ${name} ON ${quotedIdentity(key.table)} (${listOf(key.columns)});`;
};

/** By the id of the rule. Rules that are not here have a sentence instead, their remedy. */
const ways: Readonly<Record<string, Way>> = {
  'index-blocks-writes': builtBeside,
  'scan-under-lock': validatedLater,
  'table-rewrite': besideOldColumn,
  'column-retyped': besideOldColumn,
  'column-required': columnLater,
  'name-changed': underBothNames,
  'change-without-where': deletedInBatches,
  'foreign-key-without-index': indexedKey,
};

export const rulesWithSafeWay: readonly string[] = Object.keys(ways);

/** Null where the change itself has to be another one, which the rule's remedy says in words. */
export const safeWayOf = (rule: string, context: ReviewContext, line: number | null): string | null => {
  const way = ways[rule];
  if (!way || line === null) return null;
  const statement = context.migration.statements.find((one) => holdsLine(one, line));
  return statement ? way({ context, line, sql: statement.sql }) : null;
};
