/** Whenever a written way back is called exact, pg_dump writes the schema after it as before; what is refused has a reason. */
import { withPgDump } from '#adapters/postgres/backup/pg-dump';
import { readCatalog } from '#adapters/postgres/catalog/read-catalog';
import { readNames } from '#adapters/postgres/way-back/names';
import { writeWayBack } from '#adapters/postgres/way-back/write-way-back';
import { testServer, withClient } from '#test/support/postgres';
import { completeDump, firstDifferences } from './complete-dump';
import { changes, generatedMigration } from './generated-migrations';
import { rehearsedDatabase, roles } from './rehearsed-database';

/** 20 minutes: some hundred and thirty databases are dumped, in two to four minutes. */
jest.setTimeout(1_200_000);

const connectionTo = (database: string) => ({ ...testServer(), database, tls: false, pooled: false });

const administer = (sql: string) => withClient(connectionTo('postgres'), (client) => client.query(sql));

const template = 'oracle_way_back';

beforeAll(async () => {
  for (const role of roles) await administer(`CREATE ROLE ${role}`);
  await administer(`CREATE DATABASE ${template} TEMPLATE template0 STRATEGY FILE_COPY`);
  await withClient(connectionTo(template), (client) => client.query(rehearsedDatabase));
});
afterAll(async () => {
  await administer(`DROP DATABASE IF EXISTS ${template}`);
  for (const role of roles) await administer(`DROP ROLE ${role}`);
});

/** Without rows, values of sequences and what is no part of a schema: no way back written from two catalogs reaches those. */
const schemaOf = (dump: string) => dump.slice(0, Math.max(dump.indexOf('\nrows of '), 0));

/** What cannot go back, and why not: a column is no longer only inherited, and what a role has granted on goes by CASCADE or by itself. */
const refused: readonly (readonly [up: string, verdict: RegExp])[] = [
  ['ALTER TABLE dogs NO INHERIT animals', /^differs: .*not also local → also local/],
  ['GRANT SELECT ON customers TO catalog_reader WITH GRANT OPTION', /^differs: .*"dependent privileges exist"$/],
];

test('each change alone gets a way back that pg_dump calls exact too, or is refused with a reason', async () => {
  const count = Number(process.env['ORACLE_MIGRATIONS'] ?? changes.length);
  const counts = { exact: 0, harmless: 0, refused: 0 };
  const wrong: string[] = [];
  const refusals: { readonly up: string; readonly why: string }[] = [];
  await withPgDump(10_000, async (pgDump) => {
    const dumpOf = (name: string) =>
      withClient(connectionTo(name), async (client) => {
        // A migration may set the database's own.
        await client.query(`SET TimeZone = 'UTC'`);
        return schemaOf(await completeDump(client, pgDump, name));
      });
    const dumped = await dumpOf(template);
    for (let at = 0; at < count; at += 1) {
      const { up } = generatedMigration(at);
      const name = `${template}_${at}`;
      await administer(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY FILE_COPY`);
      try {
        await withClient(connectionTo(name), async (client) => {
          const [before, names] = [await readCatalog(client), await readNames(client)];
          await client.query(up);
          const { verdict, sql, reasons } = await writeWayBack(client, { before, names, statementTimeoutMs: 20_000 });
          if (verdict !== 'exact' && verdict !== 'harmless') {
            counts.refused += 1;
            if (reasons.length === 0) wrong.push(`${up}: ${verdict} without a reason`);
            refusals.push({ up, why: `${verdict}: ${reasons.join('; ')}` });
            return;
          }
          counts[verdict] += 1;
          for (const statement of sql) await client.query(statement);
          const after = await dumpOf(name);
          if (verdict === 'exact' && after !== dumped)
            wrong.push([`${up}\n-- way back\n${sql.join(';\n')}`, ...firstDifferences(dumped, after)].join('\n  '));
        });
      } finally {
        await administer(`DROP DATABASE ${name} WITH (FORCE)`);
      }
    }
  });

  console.info(
    `written ways back of ${count} changes: ${counts.exact} exact, ${counts.harmless} harmless, ${counts.refused} refused, ${wrong.length} wrong`,
  );
  expect(wrong).toEqual([]);
  expect(refusals).toEqual(
    refused.map(([up, why]) => ({ up: expect.stringContaining(up), why: expect.stringMatching(why) })),
  );
  expect(counts.exact).toBeGreaterThan(50);
});
