import { branchServerDifference, sharesServer } from '#domain/environment/branch-server';
import type { ServerState } from '#domain/environment/server-state';

const server = (differing: Partial<ServerState> = {}): ServerState => ({
  database: 'shop',
  roles: [{ name: 'app', attributes: ['LOGIN'] }],
  memberships: [],
  settings: [],
  databases: [{ name: 'shop', owner: 'app', privileges: ['=Tc/app'], attributes: [], sessionsEnded: 0 }],
  sharedObjects: [],
  notes: [],
  configurationLoadedAt: '2026-11-01T00:00:00.000Z',
  startedAt: '2026-11-01T00:00:00.000Z',
  ...differing,
});

const zone = (database: string | null) => ({ database, role: null, name: 'timezone', value: 'UTC' });

test('a branch that is a database beside the target has the name of its database', () => {
  expect(sharesServer('shop', server())).toBe(true);
  expect(sharesServer('br-7', server())).toBe(false);
});

test('on a server of its own everything that lasts is compared', () => {
  const after = server({ roles: [], settings: [zone(null), zone('shop')] });

  expect(branchServerDifference(server(), after, false)).toHaveLength(3);
});

test('beside the target only its own database is compared', () => {
  const after = server({
    roles: [],
    settings: [zone(null), zone('other'), zone('shop')],
    notes: [
      { on: 'database "shop"', text: 'comment: ours' },
      { on: 'role "app"', text: 'comment: theirs' },
    ],
  });

  expect(branchServerDifference(server(), after, true)).toEqual([
    'setting timezone of database "shop" was made: UTC',
    'note on database "shop" was made: comment: ours',
  ]);
});

test('what comes and goes by itself is no difference', () => {
  const after = server({
    configurationLoadedAt: '2026-11-02T00:00:00.000Z',
    databases: server().databases.map((database) => ({ ...database, sessionsEnded: 3 })),
    sharedObjects: [{ kind: 'replication slot', name: 'standby', owner: null, privileges: [] }],
  });

  expect(branchServerDifference(server(), after, false)).toEqual([]);
});
