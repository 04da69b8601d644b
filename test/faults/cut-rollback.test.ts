/**
 * The network fails behind the last messages of a rollback, that of its COMMIT among them, in both directions: what the attempt says is true, and a
 * second one finishes it without doing anything twice.
 */
import { databaseAt, lease, target, withTarget } from '#test/postgres/database-arrangements';
import { plansOf } from '#test/postgres/units-arrangements';
import { type Direction, throughRelay } from './message-relay';

/** Ten minutes: every point is an apply and two rollbacks. */
jest.setTimeout(600_000);

const before = `
  DROP SCHEMA IF EXISTS migration_checklist CASCADE;
  DROP TABLE IF EXISTS kept, undone;
  CREATE TABLE kept (id int PRIMARY KEY);
  CREATE TABLE undone (unit text)`;

/** The last transaction, its COMMIT, and what follows it. */
const lastMessages = 40;

const directions: readonly Direction[] = ['to the server', 'to the client'];

test('a rollback that is cut off at its end is made once by the next attempt', async () => {
  const wrong: string[] = [];
  const claims = new Set<string>();
  let [points, inDoubt, committed] = [0, 0, 0];
  await withTarget('', async ({ database, connection, query }) => {
    const undone = async () => (await query('SELECT unit FROM undone')).length;
    /** How many messages there were where nothing was cut. */
    const tryPoint = async (direction: Direction, behind: number | null): Promise<number> => {
      await query(before);
      const { apply, rollBack } = await plansOf(
        ['ALTER TABLE kept ADD due date'],
        ["INSERT INTO undone VALUES ('one')", 'ALTER TABLE kept DROP due'],
      );
      await database.applyMigration(target, apply);
      await database.acquireLease(target, { ...lease('back-1', 600_000), isRollback: true });
      const fault = { direction, behind: behind ?? Number.POSITIVE_INFINITY, failure: 'closes' } as const;
      const cut = await throughRelay(connection, fault, async (relay) => {
        const claim = await databaseAt(relay.connection)
          .rollBack(target, rollBack)
          .then(
            () => 'done',
            (error: Error) => error.name,
          );
        return { claim, hasFailed: relay.hasFailed, messages: relay.messages[direction] };
      });
      if (!cut.hasFailed) return cut.messages;
      const point = `${cut.claim}, behind message ${behind} ${direction}`;
      // Waits for a session that still commits.
      await database.establishOutcome(target, { version: '001', runId: 'run-1' });
      const isMade = (await undone()) === 1;
      if (cut.claim === 'done' && !isMade) wrong.push(`${point}: it is not made`);
      if (cut.claim === 'DatabaseUnreachable' && isMade) wrong.push(`${point}: it is made`);
      const [state] = await query('SELECT state FROM migration_checklist.version_state ORDER BY step DESC LIMIT 1');
      if (isMade !== (state?.['state'] === 'rolled back')) wrong.push(`${point}: the ledger says ${state?.['state']}`);
      await database.rollBack(target, rollBack);
      if ((await undone()) !== 1) wrong.push(`${point}: it was made ${await undone()} times`);
      points += 1;
      claims.add(cut.claim);
      if (cut.claim === 'OutcomeUnknown') [inDoubt, committed] = [inDoubt + 1, committed + (isMade ? 1 : 0)];
      return cut.messages;
    };
    for (const direction of directions) {
      const messages = await tryPoint(direction, null);
      for (let behind = messages - lastMessages; behind < messages; behind += 1) await tryPoint(direction, behind);
    }
  });
  console.info(
    `a rollback: ${points} points, ${inDoubt} in doubt, ${committed} of them committed; ${[...claims].join(', ')}`,
  );
  expect(wrong).toEqual([]);
  expect(points).toBeGreaterThan(20);
  // Both ways at COMMIT.
  expect(committed).toBeGreaterThan(0);
  expect(inDoubt - committed).toBeGreaterThan(0);
});
