import { readCatalogInTransaction } from '#adapters/postgres/catalog/read-catalog';
import { differenceOf } from '#domain/catalog/difference';
import { rules } from '#domain/review/rules';
import { withClient, withDatabase } from '#test/support/postgres';
import { readExamples } from '#test/support/rule-examples';

test(
  'every good example runs on PostgreSQL and is rolled back to exactly what was before',
  () =>
    withDatabase((connection) =>
      withClient(connection, async (client) => {
        const differences: Record<string, unknown> = {};
        for (const { id } of rules) {
          const { before, good } = await readExamples(id);
          const { statements, rollback } = good.context.migration;

          await client.query('BEGIN');
          if (before) await client.query(before);
          const untouched = await readCatalogInTransaction(client);
          for (const { sql } of [...statements, ...rollback.statements]) await client.query(sql);
          differences[id] = differenceOf(untouched, await readCatalogInTransaction(client));
          await client.query('ROLLBACK');
        }

        expect(differences).toEqual(
          Object.fromEntries(rules.map(({ id }) => [id, { added: [], removed: [], changed: [] }])),
        );
      }),
    ),
  // Two catalogs are read for each of some fifty examples.
  60_000,
);
