/** Box 3.1: what a migration affects besides tables of its database. */
import { isKeptIn, reachedInWords } from '#domain/sql/reach-table';
import type { ReviewContext } from '../context';
import { type MigrationReach, reachOfMigration } from '../migration-reach';
import type { Rule } from '../rule';
import { waiversIn } from '../waivers';

const id = 'reaches-beyond-database';

export type SeenReach = MigrationReach & {
  /** The reason given in `-- waive: reaches-beyond-database, <reason>`; null when not waived. */
  readonly waivedBecause: string | null;
};

/** All of it, what is waived too. What is waived forwards is waived for the way back and for the tests, which reach the same. */
export const reachSeen = ({ migration, checks, knownReach }: ReviewContext): readonly SeenReach[] => {
  const reasons = new Map(
    [...migration.statements, ...migration.rollback.statements].map((statement) => [
      statement.line,
      waiversIn(statement).get(id) ?? null,
    ]),
  );
  const seen = reachOfMigration({ migration, checks }, knownReach).map((reach) => ({
    ...reach,
    waivedBecause: (reach.file === migration.fileName && reasons.get(reach.line)) || null,
  }));
  const lastForwards = migration.statements.at(-1)?.line ?? 0;
  const isForwards = ({ file, line }: MigrationReach) => file === migration.fileName && line <= lastForwards;
  const forwards = new Map(seen.filter(isForwards).map((one) => [one.reached, one.waivedBecause]));
  return seen.map((one) =>
    isForwards(one) ? one : { ...one, waivedBecause: one.waivedBecause ?? forwards.get(one.reached) ?? null },
  );
};

const whatFollows = ({ isKept, reached }: MigrationReach) => {
  if (isKept) return 'it is only kept in a function here, and nothing in the file calls it';
  return isKeptIn('own', reached)
    ? 'the workflow rehearses it on a server of its own, such as a branch of Neon; on a server that the target shares it runs nothing of this migration before the apply'
    : 'no branch keeps that in, so the workflow runs nothing of this migration before the apply';
};

export const reachesBeyondDatabase: Rule = {
  id,
  severity: 'stop',
  box: '3.1',
  title: 'A statement reaches beyond the database',
  why: "Roles, settings, sessions, files and other servers are not in the database: a copy does not keep the rehearsal away from them, no comparison of schemas shows them, and the rollback's transaction does not take them back.",
  remedy:
    'Do it beside the migration, where whoever runs the server decides. Where it belongs to the migration, say why: -- waive: reaches-beyond-database, <reason>.',
  check: (context) =>
    reachSeen(context)
      .filter(({ waivedBecause }) => waivedBecause === null)
      .map((reach) => ({
        line: reach.line,
        message: `${reach.file === context.migration.fileName ? '' : `${reach.file}: `}${reach.what} reaches ${reachedInWords[reach.reached]}: ${whatFollows(reach)}; take it out, or add the comment "-- waive: ${id}, <reason>"`,
      })),
};
