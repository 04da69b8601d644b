/** The way back that is written from two catalogs, for each kind of change: there, and back from there. */
import { readCatalog } from '#adapters/postgres/catalog/read-catalog';
import { readNames } from '#adapters/postgres/way-back/names';
import { writeWayBack } from '#adapters/postgres/way-back/write-way-back';
import { columns } from '#test/postgres/catalog/columns';
import { constraints } from '#test/postgres/catalog/constraints';
import { type ObjectChange, startingSchema } from '#test/postgres/catalog/object-change';
import { relations } from '#test/postgres/catalog/relations';
import { routines } from '#test/postgres/catalog/routines';
import { surroundings } from '#test/postgres/catalog/surroundings';
import { types } from '#test/postgres/catalog/types';
import { testServer, withClient } from '#test/support/postgres';

/** 10 minutes: each change gets a database, one to two minutes where nothing else runs. */
jest.setTimeout(600_000);

const changes: readonly ObjectChange[] = [
  ...[...relations, ...columns, ...constraints],
  ...[...routines, ...types, ...surroundings],
];

/** What cannot be written, and why; there: from before to after the change, back: the other way. */
const byHand: Readonly<Record<string, string>> = {
  'partition key, there': 'a table has one partition key for life',
  'partition key, back': 'a table has one partition key for life',
  'an index that a failed build leaves invalid, there': 'only a build outside of a transaction mends it',
  'an index that a failed build leaves invalid, back': 'nothing makes an index invalid',
  'triggers of a foreign key, back': 'they are switched off with all triggers of the table only',
  'index of a partitioned table without one of its partitions, there': 'no command detaches an index',
  'shell type, back': 'it is no type yet',
  'operator class, back': 'its members are known as those of the family',
  'foreign data wrapper, server, user mapping and foreign table, back': 'options of user mappings are never read',
};

const harmless: readonly string[] = ['column, back'];

const connectionTo = (database: string) => ({ ...testServer(), database, tls: false, pooled: false });

const administer = (sql: string) => withClient(connectionTo('postgres'), (client) => client.query(sql));

const template = 'way_back_template';
const roles = ['catalog_reader', 'catalog_writer'] as const;

beforeAll(async () => {
  for (const role of roles) await administer(`CREATE ROLE ${role}`);
  await administer(`CREATE DATABASE ${template} TEMPLATE template0 STRATEGY FILE_COPY`);
  await withClient(connectionTo(template), (client) =>
    client.query(startingSchema.replaceAll(/CREATE ROLE \w+;?/g, '')),
  );
});
afterAll(async () => {
  await administer(`DROP DATABASE IF EXISTS ${template}`);
  for (const role of roles) await administer(`DROP ROLE ${role}`);
});

/** The verdicts on the way back from after the change, and on the one from before it. */
const wayBacksOf = async ({ setup, up, down }: ObjectChange, at: number) => {
  const database = `way_back_${at}`;
  await administer(`CREATE DATABASE ${database} TEMPLATE ${template} STRATEGY FILE_COPY`);
  try {
    return await withClient(connectionTo(database), async (client) => {
      await client.query(setup ?? '');
      const step = async (sql: string) => {
        const [before, names] = [await readCatalog(client), await readNames(client)];
        await client.query(sql);
        return writeWayBack(client, { before, names, statementTimeoutMs: 20_000 });
      };
      return { there: await step(up), back: await step(down) };
    });
  } finally {
    await administer(`DROP DATABASE ${database} WITH (FORCE)`);
  }
};

test('every kind of change that can be taken back by SQL gets a way back that is exact', async () => {
  const verdicts: Record<string, string> = {};
  for (const [at, change] of changes.entries()) {
    const { there, back } = await wayBacksOf(change, at);
    verdicts[`${change.name}, there`] = there.verdict;
    verdicts[`${change.name}, back`] = back.verdict;
  }
  const named = (verdict: string) => Object.keys(verdicts).filter((name) => verdicts[name] === verdict);

  console.info(
    `written ways back: ${named('exact').length} exact, ${named('harmless').length} harmless, ${named('differs').length} by hand`,
  );
  expect(Object.keys(verdicts)).toHaveLength(2 * changes.length);
  expect(named('differs')).toEqual(expect.arrayContaining(Object.keys(byHand)));
  expect(named('differs').filter((name) => !(name in byHand))).toEqual([]);
  expect(named('harmless')).toEqual(harmless);
  expect(named('exact')).toHaveLength(2 * changes.length - Object.keys(byHand).length - harmless.length);
});
