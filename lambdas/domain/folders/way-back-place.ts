/** Where each form keeps the way back of a migration: what a person is told when there is none. */
import type { Migration } from '#domain/migration/migration';

const beside = (path: string, name: string) => path.replace(/[^/]*$/, name);

type Place = (fileName: string) => string;

const section =
  (marker: string): Place =>
  () =>
    `write it below a line "${marker}" in the same file`;

/** By the form's id; forms that are not named have no place for one. */
const places: Readonly<Record<string, Place>> = {
  pairs: (path) => `write it into ${path.replace(/\.up\.sql$/, '.down.sql')}`,
  sqlx: (path) =>
    `write it into ${path.replace(/(?:\.up)?\.sql$/, '.down.sql')}, beside ${path.replace(/(?:\.up)?\.sql$/, '.up.sql')}`,
  folders: (path) => `write it into ${beside(path, 'down.sql')}`,
  prisma: (path) => `write it into ${beside(path, 'down.sql')}, which Prisma itself passes over`,
  'drizzle-folders': (path) => `write it into ${beside(path, 'down.sql')}, which Drizzle itself passes over`,
  goose: section('-- +goose Down'),
  dbmate: section('-- migrate:down'),
  'sql-migrate': section('-- +migrate Down'),
  'node-pg-migrate': section('-- Down Migration'),
  flyway: (path) => `write it into ${path.replace(/(^|\/)V/, '$1U')}, which Flyway's community edition passes over`,
};

/** A clause that says what to do. */
export const placeOfWayBack = ({ fileName, form }: Migration): string => {
  const place = places[form?.id ?? ''];
  if (place) return place(fileName);
  return `the form ${form?.name ?? ''} has no place for one; decide now what is done when it has to be taken back: a new migration that undoes it, or the backup of Step 5`;
};
