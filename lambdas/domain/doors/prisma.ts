/** Prisma: a row is applied when it is finished and was not rolled back. */
import { prismaChecksums } from './checksums';
import type { Door, DoorMigration } from './door';
import { readRows } from './read-rows';

const nameOf = ({ name }: DoorMigration) => name.slice(name.lastIndexOf('/') + 1);

export const prismaDoor: Door = {
  tool: 'Prisma',
  forms: ['prisma'],
  table: '_prisma_migrations',
  columns: {
    migration_name: 'character varying',
    checksum: 'character varying',
    finished_at: 'timestamp with time zone',
  },
  locks: () => ['72707369'],
  read: (rows, migrations) =>
    readRows(
      rows.filter(({ rolled_back_at: rolledBackAt }) => rolledBackAt === null),
      migrations,
      {
        keyOf: ({ migration_name: name }) => name ?? null,
        keyOfMigration: nameOf,
        brokenBy: ({ finished_at: finishedAt }) =>
          finishedAt === null ? 'began and was not finished: say what became of it with prisma migrate resolve' : null,
        checksums: { column: 'checksum', of: ({ bytes }) => prismaChecksums(bytes) },
      },
    ),
  row: (migration) => ({
    id: { sql: 'pg_catalog.gen_random_uuid()::text' },
    checksum: prismaChecksums(migration.bytes)[0] ?? '',
    finished_at: { sql: 'pg_catalog.clock_timestamp()' },
    migration_name: nameOf(migration),
    logs: null,
    rolled_back_at: null,
    applied_steps_count: '1',
  }),
  key: ['migration_name'],
  where: (migration) => ({ migration_name: nameOf(migration) }),
};
