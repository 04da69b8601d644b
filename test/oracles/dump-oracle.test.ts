/** Whenever box 13.2 says exact, a complete dump of before and after is the same text; whenever it says differs, it is not. */
import { type PgDump, withPgDump } from '#adapters/postgres/backup/pg-dump';
import { readServerState } from '#adapters/postgres/server-state';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { columns } from '#test/postgres/catalog/columns';
import { constraints } from '#test/postgres/catalog/constraints';
import { type ObjectChange, startingSchema } from '#test/postgres/catalog/object-change';
import { relations } from '#test/postgres/catalog/relations';
import { routines } from '#test/postgres/catalog/routines';
import { surroundings } from '#test/postgres/catalog/surroundings';
import { types } from '#test/postgres/catalog/types';
import { testServer, withClient } from '#test/support/postgres';
import { completeDump, firstDifferences } from './complete-dump';
import { changes, generatedMigration } from './generated-migrations';
import { judgeRollback, readMoment, type Verdict } from './judged-rollback';
import { rehearsedDatabase, roles } from './rehearsed-database';

/** 20 minutes: some four hundred databases are dumped, in two to three minutes where nothing else runs. */
jest.setTimeout(1_200_000);

const connectionTo = (database: string): ConnectionSettings => ({
  ...testServer(),
  database,
  tls: false,
  pooled: false,
});

const run = (connection: ConnectionSettings, sql: string) =>
  withClient(connection, (client) => client.query(sql || 'SELECT'));

const administer = (sql: string) => run(connectionTo('postgres'), sql);

const makeTemplate = async (name: string, schema: string) => {
  await administer(`CREATE DATABASE ${name} TEMPLATE template0 STRATEGY FILE_COPY`);
  await run(connectionTo(name), schema);
};

const look = async (connection: ConnectionSettings, pgDump: PgDump) => ({
  moment: await readMoment(connection),
  dump: await withClient(connection, (client) => completeDump(client, pgDump, connection.database)),
});

type Look = Awaited<ReturnType<typeof look>>;

type Tally = Record<Verdict, number> & { readonly disagreements: string[] };

const newTally = (): Tally => ({ exact: 0, harmless: 0, differs: 0, open: 0, disagreements: [] });

/** `harmless` is told apart: its dumps may differ, in what the box names. */
const enter = (tally: Tally, name: string, before: Look, after: Look): Verdict => {
  const { verdict, reason } = judgeRollback(before.moment, after.moment);
  const isSame = before.dump === after.dump;
  tally[verdict] += 1;
  const agrees = verdict === 'harmless' || (verdict === 'exact' && isSame) || (verdict === 'differs' && !isSame);
  if (!agrees)
    tally.disagreements.push(
      [`${name}: said ${verdict} (${reason.slice(0, 300)})`, ...firstDifferences(before.dump, after.dump)].join('\n  '),
    );
  return verdict;
};

const describeTally = (what: string, count: number, { exact, harmless, differs, open, disagreements }: Tally) =>
  `${what}: ${count} migrations, ${exact} exact, ${harmless} harmless, ${differs} differing, ${open} open, ${disagreements.length} disagreements`;

const workers = 3;

/** Each case gets a copy of the template; three at a time, each with a pg_dump of its own. */
const forEachCopy = async (
  template: string,
  count: number,
  work: (connection: ConnectionSettings, at: number, pgDump: PgDump) => Promise<void>,
) => {
  let next = 0;
  const takeTurns = () =>
    withPgDump(10_000, async (pgDump) => {
      for (let at = next; at < count; at = next) {
        next += 1;
        const name = `${template}_${at}`;
        await administer(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY FILE_COPY`);
        try {
          await work(connectionTo(name), at, pgDump);
        } finally {
          await administer(`DROP DATABASE ${name} WITH (FORCE)`);
        }
      }
    });
  await Promise.all(Array.from({ length: workers }, takeTurns));
};

beforeAll(async () => {
  for (const role of roles) await administer(`CREATE ROLE ${role}`);
});
afterAll(async () => {
  for (const name of ['oracle_generated', 'oracle_kinds']) await administer(`DROP DATABASE IF EXISTS ${name}`);
  for (const role of roles) await administer(`DROP ROLE ${role}`);
});

test('generated migrations: exact is said where complete dumps are the same, and only there', async () => {
  // Others than those of every run: ORACLE_FIRST=1000 ORACLE_MIGRATIONS=50.
  const first = Number(process.env['ORACLE_FIRST'] ?? 0);
  const count = Number(process.env['ORACLE_MIGRATIONS'] ?? Math.max(330, 2 * changes.length + 60));
  await makeTemplate('oracle_generated', rehearsedDatabase);
  const tally = newTally();
  const notRun: string[] = [];
  const template = await withPgDump(10_000, (pgDump) => look(connectionTo('oracle_generated'), pgDump));
  await forEachCopy('oracle_generated', count, async (connection, at, pgDump) => {
    const { up, down, isMixed } = generatedMigration(first + at);
    const before = { ...template, moment: { ...template.moment, server: await readServerState(connection) } };
    try {
      await run(connection, up);
      await run(connection, down);
    } catch (error) {
      // Two changes may come into each other's way; one alone may not.
      notRun.push(`${isMixed ? 'mixed' : 'alone'}: ${(error as Error).message}\n${up}\n-- down\n${down}`);
      return;
    }
    enter(tally, `${at}: ${up}\n-- down\n${down}`, before, await look(connection, pgDump));
  });

  console.info(describeTally('generated', count - notRun.length, tally));
  expect(notRun.filter((text) => text.startsWith('alone'))).toEqual([]);
  expect(notRun.length).toBeLessThan(count / 20);
  expect(tally.exact + tally.harmless + tally.differs + tally.open).toBe(count - notRun.length);
  if (count >= 300) {
    expect(Math.min(tally.exact, tally.differs)).toBeGreaterThan(50);
    expect(tally.harmless).toBeGreaterThan(0);
  }
  expect(tally.disagreements).toEqual([]);
});

const kinds: readonly ObjectChange[] = [
  ...[...relations, ...columns, ...constraints],
  ...[...routines, ...types, ...surroundings],
];

test('the table of object kinds: undone in full, and with one thing forgotten', async () => {
  await makeTemplate('oracle_kinds', startingSchema.replaceAll(/CREATE ROLE \w+;?/g, ''));
  const tally = newTally();
  await forEachCopy('oracle_kinds', kinds.length, async (connection, at, pgDump) => {
    const { name, setup, up, down, forgotten } = kinds[at] as ObjectChange;
    await run(connection, setup ?? '');
    const before = await look(connection, pgDump);
    await run(connection, up);
    await run(connection, down);
    enter(tally, `${name}, undone`, before, await look(connection, pgDump));
    await run(connection, up);
    await run(connection, forgotten);
    enter(tally, `${name}, forgotten`, before, await look(connection, pgDump));
  });

  console.info(describeTally('object kinds', kinds.length * 2, tally));
  expect(tally.exact).toBeGreaterThan(50);
  expect(tally.differs).toBeGreaterThan(50);
  expect(tally.disagreements).toEqual([]);
});
