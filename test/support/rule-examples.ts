/** Reads the examples of the review rules and puts them before the rules. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Migration, SqlStatement } from '#domain/migration/migration';
import { parseMigration } from '#domain/migration/parse-migration';
import type { Changes } from '#domain/review/changes/change';
import { changesOf } from '#domain/review/changes/changes-of';
import type { SchemaObject } from '#domain/review/changes/created-objects';
import { contextOf, type ReviewContext } from '#domain/review/context';
import type { ExistingTable } from '#domain/review/existing-table';
import { grantChangeIn, isAbout } from '#domain/review/grants';
import { follow } from '#domain/review/names/follow';
import type { KnownObject } from '#domain/review/names/known-objects';
import { emptyBook } from '#domain/review/names/name-book';
import type { TableStatistics } from '#domain/tables/statistics';

export const examplesFolder = path.join(__dirname, '../rules');

const read = (id: string, name: string): string | null => {
  const file = path.join(examplesFolder, id, `${name}.sql`);
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
};

const tableFrom = (changes: Changes, identity: string): ExistingTable => {
  const [schema = '', name = ''] = identity.split('.');
  const keys = changes.constraints.filter(
    ({ table, kind }) => table === identity && (kind === 'primary key' || kind === 'unique'),
  );
  return {
    schema,
    name,
    columns: changes.columns
      .filter(({ table }) => table === identity)
      .map((column) => ({ name: column.name, type: column.type, isNullable: !column.isNotNull })),
    primaryKey: keys.find(({ kind }) => kind === 'primary key')?.columns ?? [],
    indexes: keys.map((key) => ({
      name: key.name ?? '',
      columns: key.columns,
      isUnique: true,
      isPartial: false,
      isValid: true,
    })),
  };
};

/** Large and busy, so that everything that depends on the size shows. */
const sizeOf = (table: string): TableStatistics => ({
  table,
  sizeBytes: 40 * 1024 ** 3,
  estimatedRows: 100_000_000,
  sequentialScans: 10,
  indexScans: 1_000_000,
  rowsWritten: 1_000_000,
  countedSeconds: 3600,
});

/** The catalog's objects, as far as the rules of the examples look at them: who holds which grants. */
const objectsAfter = (
  created: readonly SchemaObject[],
  statements: readonly SqlStatement[],
): readonly KnownObject[] => {
  const changes = statements.flatMap((statement) => grantChangeIn(statement) ?? []);
  return created.map(({ kind, identity }) => {
    const privileges = changes
      .filter((change) => isAbout(change, { kind, name: identity }))
      .flatMap((change) => change.roles.map((role) => `${role}: ${(change.privileges ?? []).join(', ')}`));
    const definition = privileges.length > 0 ? { privileges: privileges.join('; ') } : {};
    return { kind, name: identity, object: { kind, identity, definition } };
  });
};

/** The migration as the rules see it, on a database that holds what `before` makes. */
export const contextAfter = async (before: string | null, migration: Migration): Promise<ReviewContext> => {
  const earlier = await parseMigration(
    '001_before.sql',
    Buffer.from(`${before ?? 'SELECT 1;'}\n-- ROLLBACK\n-- SELECT 1;\n`),
  );
  const { flat, created, isMade } = follow(earlier.statements, emptyBook(false));
  const changes = changesOf(flat, isMade);
  const schema = { kind: 'schema', name: 'public', object: { kind: 'schema', identity: 'public', definition: {} } };
  const names = changes.tables.map(({ name }) => name);
  return contextOf(migration, {
    objects: [schema, ...objectsAfter(created, flat)],
    tables: names.map((name) => tableFrom(changes, name)),
    definitions: new Map(changes.functions.map(({ name, body }) => [`function ${name}`, body])),
    sizes: names.map(sizeOf),
  });
};

const contextOfExample = async (before: string | null, sql: string): Promise<ReviewContext> =>
  contextAfter(before, await parseMigration('002_example.sql', Buffer.from(sql)));

/** Throws when one of the two files is not there. */
export const readExamples = async (id: string) => {
  const [before, bad, good] = ['before', 'bad', 'good'].map((name) => read(id, name));
  if (!bad || !good) throw new Error(`rule ${id} has no examples; expected test/rules/${id}/bad.sql and good.sql`);
  return {
    before: before ?? null,
    bad: { sql: bad, context: await contextOfExample(before ?? null, bad) },
    good: { sql: good, context: await contextOfExample(before ?? null, good) },
  };
};
