import { withClient, withDatabase } from '#test/support/postgres';

test('the embedded server is PostgreSQL 17 with pg_stat_statements loaded', async () => {
  await withDatabase((connection) =>
    withClient(connection, async (client) => {
      const { rows } = await client.query('SHOW server_version_num');
      await client.query('CREATE EXTENSION pg_stat_statements');
      const statements = await client.query('SELECT count(*)::int AS n FROM pg_stat_statements');

      expect(Math.floor(Number(rows[0].server_version_num) / 10_000)).toBe(17);
      expect(statements.rows[0].n).toBeGreaterThan(0);
    }),
  );
});
