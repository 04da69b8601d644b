/** What a person attests to for box 3.3, read from a real server: who is connected, who may do what, and what hangs on the tables. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { dependentsIn } from '#domain/boxes/03-impact-analysis';
import { seenSessions } from '#domain/environment/sessions';
import { dependentsLists } from '#domain/review/dependents-in-words';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { subjectOf } from '#test/support/review-subject';
import { databaseAt, target, withLimitedRole, withTarget } from './database-arrangements';

const withApplications = async <T>(
  connection: ConnectionSettings,
  names: readonly string[],
  work: () => Promise<T>,
): Promise<T> => {
  const clients = names.map((name) => new pg.Client({ ...connection, ssl: false, application_name: name }));
  try {
    for (const client of clients) await client.connect();
    return await work();
  } finally {
    for (const client of clients) await client.end();
  }
};

test('sessions are counted by application and role, with the beginning of the oldest, and ours are apart', () =>
  withTarget('', ({ connection, database }) =>
    withApplications(connection, ['orders-api', 'orders-api', '', 'migration-checklist lock watch'], async () => {
      const seen = await database.readSessions(target);

      expect(seen.groups.map(({ application, role, count }) => ({ application, role, count }))).toEqual([
        { application: 'orders-api', role: connection.user, count: 2 },
        { application: '', role: connection.user, count: 1 },
      ]);
      expect(seen.groups.every(({ since }) => since !== null && since <= seen.at)).toBe(true);
      expect(seen).toMatchObject({ askedBy: connection.user, own: 1 });
    }),
  ));

test('a role that may not see since when others are connected sees who they are, and a borrowed name is not ours', () =>
  withTarget('', (arranged) =>
    withLimitedRole(arranged, ({ name, connection: limited }) =>
      withApplications(arranged.connection, ['orders-api', 'migration-checklist'], async () => {
        const seen = await databaseAt(limited).readSessions(target);

        expect(seen).toMatchObject({ askedBy: name, own: 0 });
        expect(seen.groups).toEqual([
          { application: 'migration-checklist', role: arranged.connection.user, count: 1, since: null },
          { application: 'orders-api', role: arranged.connection.user, count: 1, since: null },
        ]);
      }),
    ),
  ));

const setUp = (role: string) => `
CREATE ROLE ${role}_group; CREATE ROLE ${role}_service LOGIN; CREATE ROLE ${role}_reader;
GRANT ${role}_group TO ${role}_service;
GRANT pg_read_all_data TO ${role}_reader;
CREATE TABLE orders (id bigint PRIMARY KEY, note text);
CREATE TABLE other (id bigint PRIMARY KEY);
CREATE TABLE lines (id bigint PRIMARY KEY, order_id bigint REFERENCES orders, other_id bigint REFERENCES other);
CREATE VIEW open_orders AS SELECT id FROM orders;
CREATE VIEW newest AS SELECT max(id) AS id FROM open_orders;
CREATE VIEW apart AS SELECT id FROM other;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE FUNCTION orders_count() RETURNS bigint LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT count(*) FROM orders); END';
CREATE TRIGGER touched BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch();
GRANT SELECT, INSERT ON orders TO ${role}_group;
GRANT UPDATE (note) ON orders TO PUBLIC;
GRANT SELECT ON newest TO ${role}_service;
GRANT SELECT ON other TO ${role}_reader`;

test('privileges, members, views over views, functions, triggers and foreign keys of a changed table are listed, and no other', () =>
  withTarget('', async ({ query, database, connection }) => {
    const role = `kept_${randomBytes(4).toString('hex')}`;
    await query(setUp(role));
    try {
      const subject = await subjectOf('ALTER TABLE orders DROP COLUMN note;', 'SELECT 1;', {
        catalog: await database.readCatalog(target),
      });
      const found = dependentsIn(subject, await database.readServerState(target));

      expect(found.changed).toEqual({ count: 1, first: ['table public.orders'] });
      expect(found.privileges.first).toEqual([
        { on: 'table public.orders', role: connection.user, privileges: [] },
        { on: 'table public.orders', role: `${role}_group`, privileges: ['INSERT', 'SELECT'] },
        { on: 'view public.newest', role: connection.user, privileges: [] },
        { on: 'view public.newest', role: `${role}_service`, privileges: ['SELECT'] },
        { on: 'view public.open_orders', role: connection.user, privileges: [] },
        { on: 'column public.orders.note', role: 'PUBLIC', privileges: ['UPDATE'] },
      ]);
      expect(found.members.first).toContainEqual({
        role: `${role}_group`,
        members: { count: 1, first: [`${role}_service`] },
      });
      expect(found.everywhere.first).toContainEqual({ role: connection.user, because: 'superuser' });
      expect(found.everywhere.first).toContainEqual({ role: `${role}_reader`, because: 'member of pg_read_all_data' });
      expect(found.dependents.first).toEqual([
        { what: 'view public.open_orders', on: 'table public.orders' },
        { what: 'view public.newest', on: 'view public.open_orders' },
        { what: 'function public.orders_count', on: 'table public.orders' },
        { what: 'foreign key public.lines.lines_order_id_fkey', on: 'table public.orders' },
        { what: 'trigger public.orders.touched', on: 'table public.orders' },
      ]);
      const words = JSON.stringify(dependentsLists(found, seenSessions(await database.readSessions(target))));
      expect(words).not.toContain('apart');
      expect(words).not.toContain('public.other');
    } finally {
      await query(
        `DROP OWNED BY ${role}_group, ${role}_service, ${role}_reader; DROP ROLE ${role}_group, ${role}_service, ${role}_reader`,
      );
    }
  }));
