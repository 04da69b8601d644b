/** All forms, in ranks: what a file says outweighs what it is called, and what is called as by many tools comes last. */
import { InvalidInput } from '#domain/errors';
import { dbmate } from './dbmate';
import { drizzle } from './drizzle';
import { flyway } from './flyway';
import type { FolderForm } from './folder';
import { drizzleFolders, prisma, upAndDownFolders } from './folder-each';
import { goose } from './goose';
import { graphileMigrate } from './graphile-migrate';
import { nodePgMigrate } from './node-pg-migrate';
import { numbered, sqlx, supabase } from './numbered';
import { ours } from './ours';
import { pairs } from './pairs';
import { sqlMigrate } from './sql-migrate';

/** A file that shows one form shows none of a lower rank. */
export const ranks: readonly (readonly FolderForm[])[] = [
  [drizzle, graphileMigrate],
  [goose, sqlMigrate, dbmate, nodePgMigrate],
  [pairs, drizzleFolders, prisma, upAndDownFolders, flyway, supabase, sqlx],
  [ours],
  [numbered],
];

/** Weak ones: their files could be another tool's. */
export const weakForms: readonly FolderForm[] = [ours, numbered];

const forms = ranks.flat();

/** The names of all forms, for people who have to choose one. */
export const formNames: readonly string[] = forms.map(({ id, name }) =>
  id === name.toLowerCase() ? name : `${name} (${id})`,
);

/** Tools that share a form with others, and shorter words. */
const otherNames: Readonly<Record<string, FolderForm>> = {
  'golang-migrate': pairs,
  migrate: pairs,
  diesel: upAndDownFolders,
  graphile: graphileMigrate,
  hasura: upAndDownFolders,
  ours,
};

/** By `--form`. Errors: InvalidInput for a name that none has. */
export const formNamed = (wanted: string): FolderForm => {
  const name = wanted.toLowerCase();
  const form = forms.find(({ id }) => id === name) ?? otherNames[name];
  if (form) return form;
  const names = [...forms.map(({ id }) => id), ...Object.keys(otherNames)].toSorted();
  throw new InvalidInput(`"${wanted}" is no form of migrations; expected one of: ${names.join(', ')}`);
};
