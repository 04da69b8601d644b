import { createScratch, dropScratch, newNote } from '#adapters/postgres/scratch/scratch-database';
import { lookAtDatabase } from '#commands/doctor/database';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { withClient, withDatabase } from '#test/support/postgres';

jest.setTimeout(60_000);

const urlOf = ({ host, port, database }: ConnectionSettings, user: string, password: string) =>
  `postgresql://${user}:${password}@${host}:${port}/${database}?sslmode=disable`;

test('a database is told with version and role, what another tool keeps there, and what it is not yet', () =>
  withDatabase(async (connection) => {
    await withClient(connection, (client) =>
      client.query('CREATE TABLE schema_migrations (version bigint, dirty boolean)'),
    );

    const found = await lookAtDatabase(urlOf(connection, connection.user, connection.password), [
      'schema_migrations',
      'other',
    ]);

    expect(found.map(({ sign }) => sign)).toEqual(['✓', '!', '!']);
    expect(found[0]?.text).toMatch(/answers: PostgreSQL \d+\.\d+, role /);
    expect(found[1]).toMatchObject({ text: expect.stringContaining('not marked as staging'), stops: ['run'] });
    expect(found[2]?.text).toBe('another tool keeps its table here: schema_migrations');
  }));

test('a role that may make no database is in the way of copies, with the statement that mends it', () =>
  withDatabase(async (connection) => {
    await withClient(connection, (client) => client.query(`CREATE ROLE "Small One" LOGIN PASSWORD 'small'`));
    try {
      const found = await lookAtDatabase(urlOf(connection, 'Small%20One', 'small'), []);

      expect(found.find(({ sign }) => sign === '✗')).toMatchObject({
        remedy: 'As a superuser: ALTER ROLE "Small One" CREATEDB',
        stops: ['rehearse', 'run'],
      });
    } finally {
      await withClient(connection, (client) => client.query('DROP ROLE "Small One"'));
    }
  }));

test('a wrong password and a server that is not there are told without the URL', () =>
  withDatabase(async (connection) => {
    const wrong = await lookAtDatabase(urlOf(connection, 'nobody_here', 'hunter22'), []);
    const gone = await lookAtDatabase('postgresql://ada:hunter22@127.0.0.1:1/shop', []);

    for (const [finding] of [wrong, gone]) {
      expect(finding?.sign).toBe('✗');
      expect(JSON.stringify(finding)).not.toContain('hunter22');
    }
  }));

test('copies that were left on the server are named with what removes each, and none is touched', () =>
  withDatabase(async (connection) => {
    const [left, used, others] = [
      'migration_checklist_left_a',
      'migration_checklist_used_a',
      'migration_checklist_others_a',
    ];
    await withClient(connection, async (client) => {
      for (const name of [left, used])
        await createScratch(
          client,
          name,
          newNote(name, new Date('2026-01-02T03:04:05Z'), new Date('2026-01-03T03:04:05Z')),
        );
      await client.query(`CREATE DATABASE ${others}`);
      try {
        const found = await withClient({ ...connection, database: used }, () =>
          lookAtDatabase(urlOf(connection, connection.user, connection.password), []),
        );

        const about = (name: string) => found.filter(({ text }) => text.includes(name));
        expect(about(left)).toEqual([
          {
            sign: '!',
            text: `copy "${left}", made at 2026-01-02T03:04:05.000Z, has no session: left behind, or of a run that waits for an answer (npm run status)`,
            remedy: `A run that starts after 2026-01-03T03:04:05.000Z drops it. Where no run needs it, in psql on another database, as ${connection.user} or a superuser: DROP DATABASE ${left};`,
            stops: [],
          },
        ]);
        expect(about(used)).toEqual([
          expect.objectContaining({ sign: '✓', text: expect.stringContaining('in use by 1 session') }),
        ]);
        expect(about(others)).toEqual([]);
        const { rows } = await client.query('SELECT datname FROM pg_database WHERE datname = ANY ($1) ORDER BY 1', [
          [left, used, others],
        ]);
        expect(rows).toHaveLength(3);
        await client.query(`DROP DATABASE ${left};`);
      } finally {
        for (const name of [left, used]) await dropScratch(client, name);
        await client.query(`DROP DATABASE ${others}`);
      }
    });
  }));
