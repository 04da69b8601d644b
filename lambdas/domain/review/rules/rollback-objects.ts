/** Box 1.4: the rollback takes away what the migration creates, and nothing else. */
import { createdObjects, isUnknownCreation, type SchemaObject } from '../changes/created-objects';
import { type DroppedObject, droppedObjects } from '../changes/dropped-objects';
import type { ReviewContext } from '../context';
import type { Rule } from '../rule';

const createdBy = ({ migration, changes }: ReviewContext) => createdObjects(migration.statements, changes);

export const droppedInRollback = ({ migration, rollback }: ReviewContext): readonly DroppedObject[] =>
  droppedObjects(migration.rollback.statements, rollback);

const keyOf = ({ kind, identity }: Pick<SchemaObject, 'kind' | 'identity'>) => `${kind} ${identity}`;

/** Tables made by CREATE TABLE … and others that go with a table, a column or a schema need no DROP of their own. */
const goesWithOther = (object: SchemaObject, dropped: ReadonlySet<string>, created: ReadonlySet<string>) =>
  (object.table !== null && (dropped.has(`table ${object.table}`) || created.has(`table ${object.table}`))) ||
  (object.table !== null && object.columns.some((column) => dropped.has(`column ${object.table}.${column}`))) ||
  (object.kind !== 'schema' && dropped.has(`schema ${object.identity.split('.')[0]}`));

const isReplacement = ({ existingDefinitions }: ReviewContext, object: Pick<SchemaObject, 'kind' | 'identity'>) =>
  existingDefinitions.has(keyOf(object));

/** What the migration creates and the rollback leaves behind. */
export const leftBehind = (context: ReviewContext): readonly SchemaObject[] => {
  const objects = createdBy(context);
  const dropped = new Set(droppedInRollback(context).map(keyOf));
  const created = new Set(objects.map(keyOf));
  const restored = new Set(createdObjects(context.migration.rollback.statements, context.rollback).map(keyOf));
  return objects.filter(
    (object) =>
      !dropped.has(keyOf(object)) &&
      !goesWithOther(object, dropped, created) &&
      !(isReplacement(context, object) && restored.has(keyOf(object))),
  );
};

/** How many objects the migration creates; of them the box speaks. */
export const createdCount = (context: ReviewContext): number => createdBy(context).length;

export const rollbackMissesObject: Rule = {
  id: 'rollback-misses-object',
  box: '1.4',
  title: 'The rollback leaves an object behind',
  why: 'What stays behind makes the next attempt fail with "already exists", or stays for ever without a migration that owns it.',
  remedy: 'Drop every object that the migration creates, the last one first.',
  check: (context) => [
    ...leftBehind(context).map((object) => ({
      line: object.line,
      message: isReplacement(context, object)
        ? `${object.kind} ${object.identity} existed before and is replaced; the rollback does not put its earlier definition back`
        : `${object.kind} ${object.identity} is created, and the rollback does not drop it`,
    })),
    ...context.migration.statements.filter(isUnknownCreation).map(({ kind, line }) => ({
      line,
      message: `the review cannot tell whether the rollback undoes this ${kind}; read it yourself`,
    })),
  ],
};

const changesTable = ({ changes }: ReviewContext, { kind, identity }: DroppedObject) => {
  const table = identity.slice(0, identity.lastIndexOf('.'));
  return (
    (kind === 'column' || kind === 'constraint' || kind === 'trigger') &&
    changes.tables.some(({ name }) => name === table)
  );
};

export const rollbackDropsOtherObject: Rule = {
  id: 'rollback-drops-other-object',
  box: '1.4',
  title: 'The rollback drops what the migration did not create',
  why: 'A rollback that takes away an object of an earlier migration breaks whatever else uses it, and nothing brings it back.',
  remedy: 'Drop only what this file creates; leave shared functions and types to the migration that made them.',
  check: (context) => {
    const created = createdBy(context);
    const own = new Set(created.filter((object) => !isReplacement(context, object)).map(keyOf));
    const named = context.changes.constraints.flatMap(({ table, name }) =>
      name ? [`constraint ${table}.${name}`] : [],
    );
    const known = new Set([...own, ...named]);
    return droppedInRollback(context)
      .filter((object) => !known.has(keyOf(object)) && !changesTable(context, object))
      .map(({ kind, identity, line }) => ({
        line,
        message: `the rollback drops ${kind} ${identity}, which this migration does not create`,
      }));
  },
};

export const rollbackCascades: Rule = {
  id: 'rollback-cascades',
  box: '1.4',
  title: 'The rollback drops with CASCADE',
  why: 'CASCADE also drops what later migrations built on the object, without naming it: views, foreign keys, triggers.',
  remedy:
    'Name what is to be dropped, in the right order; without CASCADE PostgreSQL refuses where something is forgotten.',
  check: (context) =>
    droppedInRollback(context)
      .filter(({ cascades }) => cascades)
      .map(({ kind, identity, line }) => ({ line, message: `the rollback drops ${kind} ${identity} with CASCADE` })),
};
