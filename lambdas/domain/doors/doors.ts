/** The doors: one for each tool whose folders are read. docs/adopt.md says how each was checked. */

import type { Door } from './door';
import { drizzleDoor, drizzleFoldersDoor } from './drizzle';
import { flywayDoor } from './flyway';
import { golangMigrate } from './golang-migrate';
import { gooseDoor } from './goose';
import { graphileMigrateDoor } from './graphile-migrate';
import { nodePgMigrateDoor } from './node-pg-migrate';
import { dbmateDoor, dieselDoor, sqlMigrateDoor, sqlxDoor } from './plain-rows';
import { prismaDoor } from './prisma';
import { supabaseDoor } from './supabase';

export const doors: readonly Door[] = [
  golangMigrate,
  sqlxDoor,
  gooseDoor,
  dbmateDoor,
  sqlMigrateDoor,
  flywayDoor,
  prismaDoor,
  drizzleDoor,
  drizzleFoldersDoor,
  dieselDoor,
  supabaseDoor,
  nodePgMigrateDoor,
  graphileMigrateDoor,
];

export const doorsOf = (form: string): readonly Door[] => doors.filter(({ forms }) => forms.includes(form));

export const doorNamed = (tool: string): Door => {
  const door = doors.find((one) => one.tool === tool);
  if (!door) throw new Error(`there is no door for ${tool}`);
  return door;
};
