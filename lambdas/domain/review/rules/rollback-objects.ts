/** Box 1.4: the rollback takes away what the migration creates, and nothing else. */
import { nodeOf, relationName } from '#domain/sql/syntax';
import { isUnknownCreation, type SchemaObject } from '../changes/created-objects';
import type { ReviewContext } from '../context';
import type { Created } from '../names/follow';
import { originIn } from '../names/name-book';
import type { Rule } from '../rule';
import { codeUnseen } from './data-changes';

const keyOf = ({ kind, identity }: Pick<SchemaObject, 'kind' | 'identity'>) => `${kind} ${identity}`;

const attachedTo = ({ changes }: ReviewContext, { identity }: SchemaObject): readonly string[] =>
  changes.commands
    .filter(
      ({ command }) =>
        command.subtype === 'AT_AttachPartition' &&
        relationName(nodeOf(command.def, 'PartitionCmd')?.name) === identity,
    )
    .map(({ table }) => table);

/** A partition is dropped with the table that it is a part of. */
const partitionedParents = (context: ReviewContext, object: SchemaObject): readonly string[] => [
  ...attachedTo(context, object),
  ...context.changes.tables
    .filter(({ name, statement }) => name === object.identity && nodeOf(statement.node, 'CreateStmt')?.partbound)
    .flatMap(({ parents }) => parents),
];

/** ADD CONSTRAINT … USING INDEX makes the index the constraint's own: it goes with it. */
const goesWithConstraint = (
  { changes }: ReviewContext,
  { identity }: SchemaObject,
  dropped: ReadonlySet<string>,
): boolean =>
  changes.constraints.some(
    ({ usingIndex, name, table }) =>
      usingIndex !== null &&
      identity === `${table.split('.')[0]}.${usingIndex}` &&
      dropped.has(`constraint ${table}.${name ?? usingIndex}`),
  );

/** Tables made by CREATE TABLE … and others that go with a table, a column or a schema need no DROP of their own. */
const goesWithOther = (
  context: ReviewContext,
  object: SchemaObject,
  dropped: ReadonlySet<string>,
  created: ReadonlySet<string>,
) =>
  (object.table !== null && (dropped.has(`table ${object.table}`) || created.has(`table ${object.table}`))) ||
  (object.table !== null && object.columns.some((column) => dropped.has(`column ${object.table}.${column}`))) ||
  (object.kind === 'index' && goesWithConstraint(context, object, dropped)) ||
  (object.kind === 'index' && attachedTo(context, object).some((index) => dropped.has(`index ${index}`))) ||
  (object.kind === 'table' && partitionedParents(context, object).some((table) => dropped.has(`table ${table}`))) ||
  (object.kind !== 'schema' && dropped.has(`schema ${object.identity.split('.')[0]}`));

/** The file itself has taken it away or renamed it again. */
const isGone = ({ up }: ReviewContext, { kind, identity }: SchemaObject) =>
  originIn(up.end, kind, identity) === 'nowhere';

/** What the migration creates and the rollback leaves behind. */
export const leftBehind = (context: ReviewContext): readonly Created[] => {
  const { up, down } = context;
  const dropped = new Set(down.dropped.map(keyOf));
  const created = new Set(up.created.map(keyOf));
  const restored = new Set(down.created.map(keyOf));
  return up.created.filter(
    (object) =>
      !dropped.has(keyOf(object)) &&
      !isGone(context, object) &&
      !goesWithOther(context, object, dropped, created) &&
      !(object.replaces && restored.has(keyOf(object))),
  );
};

/** How many objects the migration creates; of them the box speaks. */
export const createdCount = (context: ReviewContext): number => context.up.created.length;

export const rollbackMissesObject: Rule = {
  id: 'rollback-misses-object',
  severity: 'warn',
  box: '1.4',
  title: 'The rollback leaves an object behind',
  why: 'What stays behind makes the next attempt fail with "already exists", or stays for ever without a migration that owns it.',
  remedy: 'Drop every object that the migration creates, the last one first.',
  check: (context) => [
    ...leftBehind(context).map((object) => ({
      line: object.line,
      message: object.replaces
        ? `${object.kind} ${object.identity} existed before and is replaced; the rollback does not put its earlier definition back`
        : `${object.kind} ${object.identity} is created, and the rollback does not drop it`,
    })),
    ...context.up.flat.filter(isUnknownCreation).map(({ kind, line }) => ({
      line,
      message: `the review cannot tell whether the rollback undoes this ${kind}; read it yourself`,
    })),
  ],
};

export const rollbackDropsOtherObject: Rule = {
  id: 'rollback-drops-other-object',
  severity: 'stop',
  box: '1.4',
  title: 'The rollback drops what the migration did not create',
  why: 'A rollback that takes away an object of an earlier migration breaks whatever else uses it, and nothing brings it back.',
  remedy: 'Drop only what this file creates; leave shared functions and types to the migration that made them.',
  check: (context) => {
    const { up, down } = context;
    const own = new Set(up.created.filter(({ replaces }) => !replaces).map(keyOf));
    const madeAnew = new Set(down.created.map(keyOf));
    // What is not there before may be made by code that nobody can read.
    const mayBeMade = codeUnseen.check(context).length > 0;
    return down.dropped
      .filter(({ origin }) => !(mayBeMade && origin === 'nowhere'))
      .filter((object) => object.origin !== 'file' && !own.has(keyOf(object)) && !madeAnew.has(keyOf(object)))
      .map(({ kind, identity, line }) => ({
        line,
        isInRollback: true,
        message: `the rollback drops ${kind} ${identity}, which this migration does not create`,
      }));
  },
};

export const rollbackCascades: Rule = {
  id: 'rollback-cascades',
  severity: 'warn',
  box: '1.4',
  title: 'The rollback drops with CASCADE',
  why: 'CASCADE also drops what later migrations built on the object, without naming it: views, foreign keys, triggers.',
  remedy:
    'Name what is to be dropped, in the right order; without CASCADE PostgreSQL refuses where something is forgotten.',
  check: (context) =>
    context.down.dropped
      .filter(({ cascades }) => cascades)
      .map(({ kind, identity, line }) => ({
        line,
        isInRollback: true,
        message: `the rollback drops ${kind} ${identity} with CASCADE`,
      })),
};
