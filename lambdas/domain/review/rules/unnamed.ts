/** Box 1.8: an error message, and the migration that later drops a constraint, need its name. */
import { namesGivenByPostgres } from '../changes/given-names';
import type { Rule } from '../rule';

const why =
  'The name is in every error message, and the migration that changes it later must know it; a name that PostgreSQL chooses depends on what else is there.';

export const constraintUnnamed: Rule = {
  id: 'constraint-unnamed',
  severity: 'note',
  box: '1.8',
  title: 'A constraint has no explicit name',
  why,
  remedy: 'Write CONSTRAINT <name> before it.',
  check: ({ changes }) => {
    const given = namesGivenByPostgres(changes);
    return changes.constraints
      .filter(({ name, usingIndex }) => name === null && usingIndex === null)
      .map((constraint) => ({
        line: constraint.line,
        message: `the ${constraint.kind} constraint on ${constraint.table}${constraint.columns.length > 0 ? ` (${constraint.columns.join(', ')})` : ''} has no name; PostgreSQL would call it ${given.get(constraint)}`,
      }));
  },
};

export const indexUnnamed: Rule = {
  id: 'index-unnamed',
  severity: 'note',
  box: '1.8',
  title: 'An index has no explicit name',
  why,
  remedy: 'Write CREATE INDEX <name> ON ….',
  check: ({ changes }) => {
    const given = namesGivenByPostgres(changes);
    return changes.indexes
      .filter(({ name }) => name === null)
      .map((index) => ({
        line: index.line,
        message: `an index on ${index.table} has no name; ${index.columns.includes(null) ? 'PostgreSQL would choose one' : `PostgreSQL would call it ${given.get(index)}`}`,
      }));
  },
};
