/** Two starts at one instant, in one folder and in two, on one target: exactly one runs, and nothing is applied twice. */
import { type Ended, type Project, withProjects } from '#test/support/typed-command';

const addFlag = `-- Purpose: orders get a flag.

-- For the support desk.
ALTER TABLE orders ADD COLUMN flag boolean NOT NULL DEFAULT false;

-- ROLLBACK
-- ALTER TABLE orders DROP COLUMN flag;
`;

const orders = `CREATE TABLE orders (id bigint PRIMARY KEY, note text);
INSERT INTO orders SELECT i, 'note ' || i FROM generate_series(1, 1000) AS i`;

const tally = { pairs: 0, doubleApplies: 0, lostRows: 0, wrongClaims: 0, locksLeft: 0 };

afterAll(() => {
  console.info(
    `two starts at one instant: ${Object.entries(tally)
      .map(([what, times]) => `${what} ${times}`)
      .join(', ')}`,
  );
});

/** Counts what must be 0, and says it of this pair. */
const countFaults = async ({ query }: Project, ends: readonly Ended[]) => {
  const [{ applied = 0 } = {}] = await query('SELECT count(*)::int AS applied FROM migration_checklist.ledger');
  const [{ rows = 0 } = {}] = await query('SELECT count(*)::int AS rows FROM orders WHERE flag = false');
  const [{ leases = 0 } = {}] = await query('SELECT count(*)::int AS leases FROM migration_checklist.lease');
  const found = {
    doubleApplies: applied === 1 ? 0 : 1,
    lostRows: rows === 1_000 ? 0 : 1,
    wrongClaims: ends.filter(({ code }) => code === 0).length === 1 ? 0 : 1,
    locksLeft: Number(leases),
  };
  tally.pairs += 1;
  for (const [what, times] of Object.entries(found)) tally[what as keyof typeof found] += times;
  return found;
};

const none = { doubleApplies: 0, lostRows: 0, wrongClaims: 0, locksLeft: 0 };

test('of two starts at one instant on one target, in two folders, exactly one runs, and the other says who holds it', () =>
  withProjects(orders, 2, async (one, other) => {
    for (const project of [one, other]) await project.put('001_add_flag.sql', addFlag);
    const ends = await Promise.all([one, other].map((project) => project.start()));

    expect(await countFaults(one, ends)).toEqual(none);
    expect(ends.map(({ code }) => code).sort()).toEqual([0, 1]);
    expect(ends.find(({ code }) => code === 1)?.output).toMatch(/run 001-add-flag-\S+/);
    expect(await one.query('SELECT state FROM migration_checklist.version_state ORDER BY run_id, step')).toEqual(
      expect.arrayContaining([{ state: 'demonstrated' }]),
    );
  }));

test('of two starts at one instant in one folder exactly one runs, and the other says which process holds it', () =>
  withProjects(orders, 1, async (project) => {
    await project.put('001_add_flag.sql', addFlag);
    const ends = await Promise.all([project.start('--monitor', '10s'), project.start('--monitor', '10s')]);

    expect(await countFaults(project, ends)).toEqual(none);
    expect(ends.map(({ code }) => code).sort()).toEqual([0, 1]);
    expect(ends.find(({ code }) => code === 1)?.stderr).toMatch(/process \d+ is already running on/);
  }));
