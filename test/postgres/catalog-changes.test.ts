/** Every kind of change of a schema: undone in full it leaves no trace, with one thing forgotten the trace names it. */
import type { Client } from 'pg';
import { readCatalogInTransaction } from '#adapters/postgres/catalog/read-catalog';
import { describeDifference } from '#domain/catalog/describe-difference';
import { differenceOf, isEmptyDifference } from '#domain/catalog/difference';
import { fingerprintOf } from '#domain/catalog/fingerprint';
import { gradeDifference } from '#domain/catalog/grade';
import { restoringSql } from '#domain/catalog/restoring-sql';
import { withClient, withDatabase } from '#test/support/postgres';
import { columns } from './catalog/columns';
import { constraints } from './catalog/constraints';
import { type ObjectChange, startingSchema } from './catalog/object-change';
import { relations } from './catalog/relations';
import { routines } from './catalog/routines';
import { surroundings } from './catalog/surroundings';
import { types } from './catalog/types';

const changes: readonly ObjectChange[] = [
  ...[...relations, ...columns, ...constraints],
  ...[...routines, ...types, ...surroundings],
];

/** One database for all cases: each runs in a transaction that is rolled back. */
let client: Client;
let finish: () => void;
let closed: Promise<void>;

beforeAll(
  () =>
    new Promise<void>((resolve, reject) => {
      const finished = new Promise<void>((done) => {
        finish = done;
      });
      closed = withDatabase((connection) =>
        withClient(connection, async (connected) => {
          client = connected;
          resolve();
          await finished;
        }),
      );
      closed.catch(reject);
    }),
);
afterAll(() => {
  finish();
  return closed;
});

beforeEach(() => client.query(`BEGIN; ${startingSchema}`));
afterEach(() => client.query('ROLLBACK'));

test('at least 60 kinds of change are tried, each under a name of its own', () => {
  expect(changes.length).toBeGreaterThanOrEqual(60);
  expect(new Set(changes.map(({ name }) => name)).size).toBe(changes.length);
});

test.each(changes)('$name: undone, the catalog is the one of before', async ({ setup, up, down }) => {
  await client.query(setup ?? '');
  const before = await readCatalogInTransaction(client);

  await client.query(up);
  const changed = await readCatalogInTransaction(client);
  await client.query(down);
  const after = await readCatalogInTransaction(client);

  expect(fingerprintOf(changed)).not.toBe(fingerprintOf(before));
  expect(describeDifference(differenceOf(before, after))).toEqual([]);
  expect(gradeDifference(differenceOf(before, after)).verdict).toBe('exact');
  expect(fingerprintOf(after)).toBe(fingerprintOf(before));
});

test.each(changes)(
  '$name: with one thing forgotten, the difference names it and says how to restore it',
  async (change) => {
    await client.query(change.setup ?? '');
    const before = await readCatalogInTransaction(client);

    await client.query(change.up);
    await client.query(change.forgotten);
    const after = await readCatalogInTransaction(client);
    const difference = differenceOf(before, after);
    const restorations = restoringSql(difference);
    for (const { statements } of restorations) for (const statement of statements ?? []) await client.query(statement);
    const restored = gradeDifference(differenceOf(before, await readCatalogInTransaction(client))).verdict;

    expect(isEmptyDifference(difference)).toBe(false);
    expect(fingerprintOf(after)).not.toBe(fingerprintOf(before));
    expect(gradeDifference(difference).verdict).toBe('differs');
    expect(describeDifference(difference).filter((entry) => entry.includes(change.object))).not.toEqual([]);
    expect(restorations.some(({ statements }) => statements === null)).toBe(change.isRestoredByHand ?? false);
    expect(['exact', 'harmless'].includes(restored)).toBe(!change.isRestoredByHand);
  },
);
