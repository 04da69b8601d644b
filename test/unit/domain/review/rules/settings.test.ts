import { firstLine } from '#test/support/review-subject';
import { findingsOf } from './findings';

const message = 'the statement changes session_replication_role, which switches triggers and foreign keys off';

test.each([
  "SET session_replication_role = 'replica';",
  "SET Session_Replication_Role TO 'replica';",
  "SET LOCAL SESSION_REPLICATION_ROLE = 'replica';",
  "SELECT set_config('Session_replication_role', 'replica', true);",
])('PostgreSQL takes the setting in any case: %s', async (sql) => {
  expect(await findingsOf('triggers-switched-off', sql)).toEqual([`${firstLine}: ${message}`]);
});

test('a longer name is another setting', async () => {
  expect(await findingsOf('triggers-switched-off', "SET app.my_session_replication_role = 'replica';")).toEqual([]);
});
