/** node-pg-migrate: the file's name without its ending. */
import type { Door, DoorMigration } from './door';
import { byRows } from './read-rows';

const nameOf = ({ name }: DoorMigration) => name;

export const nodePgMigrateDoor: Door = {
  tool: 'node-pg-migrate',
  forms: ['node-pg-migrate'],
  table: 'pgmigrations',
  columns: { name: 'character varying', run_on: 'timestamp' },
  locks: () => ['7241865325823964'],
  read: byRows({ keyOf: ({ name }) => name ?? null, keyOfMigration: nameOf }),
  row: (migration) => ({ name: nameOf(migration), run_on: { sql: 'pg_catalog.now()' } }),
  key: ['name'],
  where: (migration) => ({ name: nameOf(migration) }),
};
