/** The snapshot of a schema while other sessions change it. */
import { readCatalog } from '#adapters/postgres/catalog/read-catalog';
import type { Catalog } from '#domain/catalog/catalog';
import { withClient, withDatabase } from '#test/support/postgres';

const tablesIn = ({ objects }: Catalog) =>
  objects.filter(({ kind }) => kind === 'table').map(({ identity }) => identity);

test('all of the catalog is of one moment: what another session commits while it is read is not in it', () =>
  withDatabase((connection) =>
    withClient(connection, async (client) => {
      await client.query('CREATE TABLE before ()');
      const queries: unknown[] = [];
      const whileOthersWork = new Proxy(client, {
        get: (session, name) => {
          if (name !== 'query') return Reflect.get(session, name, session);
          return async (query: string) => {
            const result = await session.query(query);
            queries.push(query);
            const change = `DROP TABLE IF EXISTS before; CREATE TABLE during_${queries.length} (id int PRIMARY KEY)`;
            if (queries.length >= 2) await withClient(connection, (other) => other.query(change));
            return result;
          };
        },
      });

      const catalog = await readCatalog(whileOthersWork);

      // BEGIN, what there is of families and settings, the families, COMMIT.
      expect(queries).toHaveLength(4);
      expect(tablesIn(catalog)).toEqual(['public.before']);
      expect(tablesIn(await readCatalog(client))).toContain('public.during_4');
    }),
  ));
