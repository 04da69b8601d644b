/** Settings that a migration had better leave alone. */
import type { Rule } from '../rule';

export const triggersSwitchedOff: Rule = {
  id: 'triggers-switched-off',
  severity: 'stop',
  box: '2.3',
  title: 'Triggers and foreign keys are switched off',
  why: 'Under session_replication_role = replica no ordinary trigger fires, and foreign keys are triggers: rows get in that violate them, and nothing checks them later.',
  remedy:
    'Leave it out, and write the rows in an order that the foreign keys allow; DEFERRABLE ones wait for the commit.',
  // Also out of code in a string: PostgreSQL takes the name wherever it stands.
  check: ({ migration }) =>
    migration.statements
      .filter(({ sql }) => /\bsession_replication_role\b/i.test(sql))
      .map(({ line }) => ({
        line,
        message: 'the statement changes session_replication_role, which switches triggers and foreign keys off',
      })),
};
