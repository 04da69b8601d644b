/** The form on a run's page with which a rollback is asked for, over real HTTP. */
import { DatabaseUnreachable } from '#domain/errors';
import type { LedgerEntry } from '#domain/ledger/ledger';
import type { Running } from '#local/web/site';
import { ledgerEntry } from '#test/support/documents';
import { fakePorts } from '#test/support/fake-ports';
import { asForm, ask } from './ask';
import { type FakeSite, historyOf, withSite } from './fake-site';

type Asked = Parameters<Running['startRollback']>[0];

type Arranged = FakeSite & { readonly started: readonly Asked[] };

/** A run that has ended, on a target with this ledger. */
const withEnded = (
  ledger: (runId: string) => Promise<readonly LedgerEntry[]>,
  work: (site: Arranged, path: string) => Promise<void>,
) => {
  const started: Asked[] = [];
  let runId = '';
  const running: Running = {
    ports: fakePorts({ database: { readLedger: () => ledger(runId) } }),
    api: { handles: () => false, handle: async () => undefined },
    isRollback: (executionArn) => executionArn.includes('-rollback:'),
    startRollback: async (asked) => {
      started.push(asked);
      return 'rollback-1';
    },
  };
  return withSite(
    async (site) => {
      runId = site.run.runId;
      site.engine.announce(historyOf([0, 'ExecutionStarted'], [5, 'ExecutionSucceeded']), { status: 'SUCCEEDED' });
      await work({ ...site, started }, `/runs/${runId}`);
    },
    {},
    { running },
  );
};

const stands = async (runId: string) => [ledgerEntry({ runId, rolledBackAt: null })];

const reason = asForm({ because: 'orders are counted\ntwice' });

test('the page of a run whose migration stands has the form, and sending it leads to the rollback that it has started', () =>
  withEnded(stands, async ({ fetch, server, started }, path) => {
    const page = await (await fetch(path)).text();
    expect(page).toContain(`<form method="post" action="${path}/rollback"`);
    expect(page).toContain('stands. Asking decides nothing');

    const sent = await ask(server, `${path}/rollback`, reason);

    expect([sent.status, sent.headers['location']]).toEqual([303, '/runs/rollback-1']);
    expect(started).toEqual([{ migration: path.slice('/runs/'.length), because: 'orders are counted twice' }]);
  }));

test.each([
  ['another site', { origin: 'https://example.org' }, 403],
  ['whoever has not the secret', { cookie: '' }, 401],
  ['another host', { host: 'example.org' }, 421],
  ['no form', { 'content-type': 'application/json' }, 415],
] as const)('%s starts nothing', (_, headers, status) =>
  withEnded(stands, async ({ server, started }, path) => {
    const sent = await ask(server, `${path}/rollback`, { ...reason, headers: { ...reason.headers, ...headers } });

    expect(sent.status).toBe(status);
    expect(started).toEqual([]);
  }),
);

test('a GET, such as that of a mail scanner, starts nothing', () =>
  withEnded(stands, async ({ server, started }, path) => {
    expect((await ask(server, `${path}/rollback`)).status).toBe(404);
    expect((await ask(server, `${path}/rollback`, { ...reason, method: 'PUT' })).status).toBe(405);
    expect(started).toEqual([]);
  }));

test.each(['', '  \n ', 'x'.repeat(2_001)])('the reason "%.10s" is refused, and nothing is started', (because) =>
  withEnded(stands, async ({ server, started }, path) => {
    const sent = await ask(server, `${path}/rollback`, asForm({ because }));

    expect(sent.status).toBe(400);
    expect(sent.body).toContain('expected 1 to 2000');
    expect(started).toEqual([]);
  }),
);

test.each([
  [
    'was rolled back',
    async (runId: string) => [ledgerEntry({ runId, rolledBackAt: '2026-11-22T09:00:00.000Z' })],
    'was rolled back at',
  ],
  ['left nothing in the ledger', async () => [], 'the ledger has no row of this run'],
] as const)('a run that %s has no form, and asking for it is refused', (_, ledger, why) =>
  withEnded(ledger, async ({ fetch, server, started }, path) => {
    expect(await (await fetch(path)).text()).not.toContain('Ask for a rollback');

    const sent = await ask(server, `${path}/rollback`, reason);

    expect(sent.status).toBe(409);
    expect(sent.body).toContain(why);
    expect(started).toEqual([]);
  }),
);

test('a run that goes on asks by itself', () =>
  withEnded(stands, async ({ fetch, server, engine, started }, path) => {
    engine.announce(historyOf([0, 'ExecutionStarted']), { status: 'RUNNING' });

    expect(await (await fetch(path)).text()).not.toContain('Ask for a rollback');
    expect((await ask(server, `${path}/rollback`, reason)).body).toContain('it asks for the rollback by itself');
    expect(started).toEqual([]);
  }));

test('while a rollback is under way there is no second one', () =>
  withEnded(stands, async ({ fetch, server, engine, started }, path) => {
    const ended = await engine.describeExecution();
    const rollback = {
      ...ended,
      status: 'RUNNING',
      name: 'rollback-0',
      executionArn: 'arn:x:Checklist-rollback:rollback-0',
    };
    engine.listExecutions = async () => [ended, rollback];

    expect(await (await fetch(path)).text()).not.toContain('Ask for a rollback');
    expect((await ask(server, `${path}/rollback`, reason)).body).toContain('the rollback rollback-0 is under way');
    expect(started).toEqual([]);
  }));

test('a target that does not answer keeps nobody from the page, which says so', () =>
  withEnded(
    async () => {
      throw new DatabaseUnreachable('no answer');
    },
    async ({ fetch }, path) => {
      const page = await fetch(path);

      expect(page.status).toBe(200);
      expect(await page.text()).toContain('Whether its migration stands could not be found out: no answer');
    },
  ));

test('where nothing runs there is no form', () =>
  withSite(
    async ({ fetch, server, run, engine }) => {
      engine.announce(historyOf([0, 'ExecutionStarted']), { status: 'SUCCEEDED' });

      expect(await (await fetch(`/runs/${run.runId}`)).text()).not.toContain('Ask for a rollback');
      expect((await ask(server, `/runs/${run.runId}/rollback`, reason)).status).toBe(409);
    },
    {},
    { running: null },
  ));
