/** What may break the contract with who uses the database, and lies outside of what the review knows of it. */
import { nodeOf, nodesOf, relationName } from '#domain/sql/syntax';
import type { ReviewContext } from './context';
import { grantChangeIn } from './grants';
import { originIn } from './names/name-book';
import { mayHideRows } from './row-security';
import { reachSeen } from './rules/reach';

/** REVOKE on what the catalog does not hold: nobody has looked at who holds what there. */
const revokedFromMembers = ({ up }: ReviewContext): readonly string[] =>
  up.flat.flatMap((statement) => {
    const change = grantChangeIn(statement);
    if (!change || change.isGrant || change.kinds.length === 0) return [];
    const unknown = change.names.filter((name) =>
      change.kinds.every((kind) => originIn(up.end, kind, name) === 'nowhere'),
    );
    return unknown.map(
      (name) => `line ${statement.line} revokes privileges on ${name}, a member of an extension or PostgreSQL's own`,
    );
  });

/** Which rows a condition lets through is not read from its text. */
const rowsBehindConditions = (context: ReviewContext): readonly string[] =>
  [...context.existing.keys()]
    .filter((table) => mayHideRows(context, table))
    .map(
      (table) => `row security is switched on for ${table}, and which rows its policies let through is for a person`,
    );

/** What an existing table loses without an object that goes. */
const takenFromTables = ({ up }: ReviewContext): readonly string[] =>
  up.flat
    .filter((statement) => !up.isMade(statement))
    .flatMap(({ node, line }) => {
      const altered = nodeOf(node, 'AlterTableStmt');
      const table = altered?.relation ? relationName(altered.relation) : '';
      return nodesOf(altered?.cmds, 'AlterTableCmd').flatMap(({ subtype }) => {
        if (subtype === 'AT_DetachPartition') return [`line ${line} takes the rows of a partition out of ${table}`];
        return subtype === 'AT_ChangeOwner'
          ? [`line ${line} gives ${table} to another owner, and the one before keeps what was granted to it alone`]
          : [];
      });
    });

/** One clause each, with its line. */
export const unjudged = (context: ReviewContext): readonly string[] => [
  ...reachSeen(context)
    .filter(
      ({ isKept, file, line }) => !isKept && file === context.migration.fileName && line <= lastLineForwards(context),
    )
    .map(({ line, what }) => `line ${line}, ${what}, reaches beyond the database`),
  ...revokedFromMembers(context),
  ...rowsBehindConditions(context),
  ...takenFromTables(context),
];

const lastLineForwards = ({ migration }: ReviewContext) => migration.statements.at(-1)?.line ?? 0;
