/**
 * The network fails behind each message of an apply, in both directions: whatever the attempt says is true, *Establish outcome*
 * knows what became of it, a second attempt finishes it, and nothing is done twice.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Arranged, databaseAt, target, withTarget } from '#test/postgres/database-arrangements';
import { plansOf, run } from '#test/postgres/units-arrangements';
import { type Direction, type Failure, type Fault, throughRelay } from './message-relay';

/** An hour: every point is an apply, an outcome and another apply. */
jest.setTimeout(3_600_000);

/** `kept` holds what must not be lost; each unit leaves a row in `did`. The database is as good as new for each point. */
const before = `
  DROP SCHEMA IF EXISTS migration_checklist CASCADE;
  DROP TABLE IF EXISTS kept, did;
  CREATE TABLE kept (id int PRIMARY KEY, note text);
  INSERT INTO kept SELECT n, 'row ' || n FROM generate_series(1, 20) n;
  CREATE TABLE did (unit text)`;

export type Plan = {
  readonly up: readonly string[];
  /** What is done when all of it is applied: rows of `did`, and an index of the name `two`. */
  readonly units: readonly string[];
  /** Behind one message in so many: a silent network costs a function's patience. */
  readonly strides: Readonly<Record<Failure, number>>;
};

/** How long a function waits behind the fault before it is taken for frozen. */
const frozenAfterMs = 1_500;

/** Not before the fault: on a busy machine an apply may take longer than that to come there. */
const whenFrozen = async ({ hasFailed }: { hasFailed(): boolean }, attempt: Promise<string>): Promise<string> => {
  let hasEnded = false;
  void attempt.then(() => {
    hasEnded = true;
  });
  while (!hasFailed() && !hasEnded) await sleep(20);
  return sleep(frozenAfterMs, 'frozen', { ref: false });
};

type Tally = {
  points: number;
  doubleApplies: string[];
  lostRows: string[];
  wrongClaims: string[];
  locksLeft: string[];
  slowestOutcomeMs: number;
};

const newTally = (): Tally => ({
  points: 0,
  doubleApplies: [],
  lostRows: [],
  wrongClaims: [],
  locksLeft: [],
  slowestOutcomeMs: 0,
});

/** An index that is not valid is not done. */
const whatIsDone = `
  SELECT unit FROM did UNION ALL
  SELECT 'two' FROM pg_index WHERE indexrelid = to_regclass('two') AND indisvalid AND indisready
  ORDER BY unit`;

const locksOfOurs = `
  SELECT DISTINCT a.application_name || ' holds ' || l.mode AS lock
  FROM pg_locks l JOIN pg_stat_activity a USING (pid)
  WHERE a.application_name LIKE 'migration-checklist%' AND a.datname = current_database()
    AND l.relation IN ('kept'::regclass, 'did'::regclass)`;

/** What an error promises of the target; any other name promises nothing. */
const saysNothingChanged = ['DatabaseUnreachable', 'LockNotAvailable', 'StatementFailed', 'MigrationRefused'];

const tryPoint = async (
  { database, connection, query }: Arranged,
  { up, units }: Plan,
  fault: Fault,
  tally: Tally,
): Promise<{ readonly wasReached: boolean }> => {
  await query(before);
  return throughRelay(connection, fault, async (relay) => {
    const { apply } = await plansOf(up);
    await database.acquireLease(target, { run: apply.entry, holder: 'a test', lifeSeconds: 600 });
    const point = `${fault.failure} behind message ${fault.behind} ${fault.direction}`;
    const done = async () => (await query(whatIsDone)).map(({ unit }) => unit as string);
    const attempt = databaseAt(relay.connection)
      .applyMigration(target, apply)
      .then(
        () => 'done',
        (error: Error) => error.name,
      );
    const claim = await Promise.race([attempt, whenFrozen({ hasFailed: () => relay.hasFailed }, attempt)]);
    if (!relay.hasFailed) {
      await attempt;
      return { wasReached: false };
    }
    tally.points += 1;

    const startedAt = performance.now();
    const { entry, progress } = await database.establishOutcome(target, run);
    tally.slowestOutcomeMs = Math.max(tally.slowestOutcomeMs, performance.now() - startedAt);
    const found = await done();
    const isWhole = found.length === units.length;
    const mistaken = (what: string) => tally.wrongClaims.push(`${point}: ${what}, done are ${found}`);
    if ((entry !== null) !== isWhole) mistaken(`the outcome is ${entry ? 'committed' : 'not committed'}`);
    if (progress !== null && !found.includes('one')) mistaken('partly applied is said, and nothing is');
    if (claim === 'done' && !isWhole) mistaken('done is said');
    if (units.length === 1 && saysNothingChanged.includes(claim) && found.length > 0)
      mistaken(`${claim} says that nothing was changed`);
    for (const { lock } of await query(locksOfOurs)) tally.locksLeft.push(`${point}: ${lock}`);

    const second = await database.applyMigration(target, apply);
    if (second.wasAppliedBefore !== isWhole) mistaken('the second attempt tells another past');
    const after = await done();
    if (after.join() !== units.join()) tally.doubleApplies.push(`${point}: done are ${after}`);
    const [{ rows } = {}] = await query(
      "SELECT count(*)::int AS rows FROM kept WHERE note = 'row ' || id AND due IS NULL",
    );
    if (rows !== 20) tally.lostRows.push(`${point}: ${rows} of 20`);
    return { wasReached: true };
  });
};

const directions: readonly Direction[] = ['to the server', 'to the client'];

const failures: readonly Failure[] = ['closes', 'resets', 'goes silent'];

/** One test for each way in which a network fails. */
export const testCuts = (name: string, plan: Plan): void => {
  test.each(failures)(`${name}: the network %s behind its messages`, async (failure) => {
    const stride = plan.strides[failure];
    const tally = newTally();
    await withTarget('', async (arranged) => {
      for (const direction of directions)
        for (let behind = 1; ; behind += stride) {
          const { wasReached } = await tryPoint(arranged, plan, { direction, behind, failure }, tally);
          if (!wasReached) break;
        }
    });
    const { points, slowestOutcomeMs, ...bad } = tally;
    const counts = Object.entries(bad).map(([what, list]) => `${what} ${list.length}`);
    console.info(
      `${name}, ${failure}: ${points} points, ${counts.join(', ')}; outcome known after at most ${Math.round(slowestOutcomeMs)} ms`,
    );
    expect(bad).toEqual({ doubleApplies: [], lostRows: [], wrongClaims: [], locksLeft: [] });
    expect(points).toBeGreaterThan(failure === 'goes silent' ? 2 : 10);
  });
};
