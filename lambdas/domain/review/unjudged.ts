/** What may break the contract with who uses the database, and lies outside of what the review knows of it. */
import type { ReviewContext } from './context';
import { grantChangeIn } from './grants';
import { originIn } from './names/name-book';
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

/** One clause each, with its line. */
export const unjudged = (context: ReviewContext): readonly string[] => [
  ...reachSeen(context)
    .filter(
      ({ isKept, file, line }) => !isKept && file === context.migration.fileName && line <= lastLineForwards(context),
    )
    .map(({ line, what }) => `line ${line}, ${what}, reaches beyond the database`),
  ...revokedFromMembers(context),
];

const lastLineForwards = ({ migration }: ReviewContext) => migration.statements.at(-1)?.line ?? 0;
