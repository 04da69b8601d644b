/** Step 8 whose locks are not granted: a person is told who blocks, and tries again or gives up, under the approval that there is. */
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { verifyEvidence } from '#commands/verify-evidence/verify';
import { startRun } from '#local/runs';
import type { Runtime } from '#local/runtime';
import { listMails, readMail } from '#local/web/mail-folder';
import { answerMails } from '#test/support/answer-mails';
import { isTargetFree } from '#test/support/faulty-run';
import { hurriedClock } from '#test/support/hurried-clock';
import { optionsFor, type Sandbox, withRuntime, withSandbox } from '#test/support/local-run';
import { boxOf, onTarget, reportOf, rollbackOf, statesOf } from '#test/support/run-outcome';

const migration = '001_add_rank.sql';
const text = `-- Purpose: people are ranked
ALTER TABLE people ADD COLUMN rank integer; -- null: not ranked yet

-- ROLLBACK
--   ALTER TABLE people DROP COLUMN IF EXISTS rank;
`;

/** A session that takes its lock when Step 8 is first called, and holds it until it is ended as the mail says. */
const blocker = (mode: string, runtime: () => Runtime) => {
  let client: pg.Client | null = null;
  return {
    hold: async () => {
      if (client) return;
      const { host, port, user, password, database } = await runtime().ports.platform.connection({
        branchId: 'target',
      });
      client = new pg.Client({ host, port, user, password, database, application_name: 'nightly report' });
      client.on('error', () => undefined);
      await client.connect();
      await client.query(`BEGIN; LOCK TABLE people IN ${mode} MODE`);
    },
    close: () => client?.end().catch(() => undefined),
  };
};

/** Does what the page says. */
const endBlocker = async (runtime: Runtime, page: string) => {
  const [, command = ''] = /end it: (SELECT pg_terminate_backend\(\d+\))/.exec(page) ?? [];
  await onTarget(runtime, command);
};

const mailsOf = async ({ mailDirectory }: Runtime) =>
  (await Promise.all((await listMails(mailDirectory)).map((file) => readMail(mailDirectory, file)))).flatMap(
    (stored) => (stored ? [stored.mail] : []),
  );

/** Its second unit needs a lock on people, its first one none. */
const ofUnits = `-- Purpose: people are ranked, and found by their rank
CREATE TABLE ranks (rank_id integer PRIMARY KEY);

CREATE INDEX CONCURRENTLY people_person_id_idx ON people (person_id);

ALTER TABLE people ADD COLUMN rank integer; -- null: not ranked yet

-- ROLLBACK
--   ALTER TABLE people DROP COLUMN IF EXISTS rank;
--   DROP INDEX CONCURRENTLY IF EXISTS people_person_id_idx;
--   DROP TABLE IF EXISTS ranks;
`;

const prepare = ({ project }: Sandbox, sql: string) => {
  const folder = path.join(project, 'migrations');
  for (const file of readdirSync(folder)) rmSync(path.join(folder, file));
  writeFileSync(path.join(folder, migration), sql);
};

type Blocked = {
  readonly runtime: Runtime;
  readonly end: Awaited<ReturnType<typeof startRun>>;
  readonly mostAttempts: number;
};

/** The first two attempts of a round are made; the others fail as the second one did, without taking their time. */
const withBlockedRun = (
  {
    decide,
    answering = false,
    mode = 'ACCESS EXCLUSIVE',
    sql = text,
  }: {
    readonly decide?: (page: string, round: number, runtime: Runtime) => Promise<'approved' | 'rejected'>;
    readonly answering?: boolean;
    readonly mode?: string;
    readonly sql?: string;
  },
  work: (blocked: Blocked & { readonly sandbox: Sandbox }) => Promise<void>,
) =>
  withSandbox(async (sandbox) => {
    prepare(sandbox, sql);
    let opened: Runtime | undefined;
    const blocking = blocker(mode, () => opened as Runtime);
    let mostAttempts = 0;
    let last: unknown;
    const intercept = async (functionName: string, call: () => Promise<unknown>, payload: unknown) => {
      if (functionName !== 'ApplyMigration') return call();
      const { attempt } = payload as { readonly attempt: number };
      mostAttempts = Math.max(mostAttempts, attempt + 1);
      await blocking.hold();
      if (attempt > 1 && last) throw last;
      return call().catch((error: unknown) => {
        last = error;
        throw error;
      });
    };
    const options = optionsFor(sandbox, '--started-by', 'starter@example.org');
    await withRuntime(sandbox, { answering, intercept, options, engineClock: hurriedClock() }, async (runtime) => {
      opened = runtime;
      await onTarget(runtime, 'CREATE TABLE people (person_id bigint PRIMARY KEY)');
      let round = 0;
      const stop = decide
        ? answerMails(runtime, async (stage, page) => {
            if (stage !== 'another attempt') return 'approved';
            round += 1;
            return decide(page, round, runtime);
          })
        : () => undefined;
      try {
        const end = await startRun(runtime, migration);
        await work({ runtime, end, mostAttempts, sandbox });
      } finally {
        stop();
        await blocking.close();
      }
    });
  });

const round = ['Approve another attempt', 'Another attempt approved?', 'Connect again'];
const attempts = ['Step 8: Apply migration', 'Establish outcome', 'Was it committed?'];

/** Who only reads lets the schema be looked at; behind the strongest lock not even that goes. */
const ways = [
  {
    mode: 'ACCESS SHARE',
    way: [...attempts, ...round, ...attempts, ...round, 'Step 8: Apply migration'],
    tried: /4 attempts at its locks, in 2 rounds, stalled its tables for /,
    mailsWithBlockers: 4,
  },
  {
    mode: 'ACCESS EXCLUSIVE',
    way: [...attempts, ...round, 'May it be asked again?', ...round, 'Step 8: Apply migration'],
    tried: /2 attempts at its locks stalled its tables for /,
    mailsWithBlockers: 2,
  },
] as const;

const fromStep8 = (states: readonly string[]) =>
  states.slice(states.indexOf('Step 7: Connect') + 1, states.indexOf('Step 9: Verify schema'));

test.each(ways)(
  'blocked by $mode: who tries again too early is asked again, and once the blocker is ended it is applied, once, and signed off',
  async ({ mode, way, tried, mailsWithBlockers }) => {
    const pages: string[] = [];
    const decide = async (page: string, number: number, runtime: Runtime) => {
      pages.push(page);
      if (number === 2) await endBlocker(runtime, page);
      return 'approved' as const;
    };
    await withBlockedRun({ decide, mode }, async ({ runtime, end, mostAttempts }) => {
      const report = await reportOf(runtime, end);
      const asking = (await mailsOf(runtime)).filter(({ subject }) => /^(Approve another|Blocked)/.test(subject));
      const { problems } = await verifyEvidence(runtime.ports.store, end.runId, null);

      expect(end).toMatchObject({ isSignedOff: true });
      expect(mostAttempts).toBe(16);
      expect(fromStep8(await statesOf(runtime, end))).toEqual(way);
      expect(report.approvals.map(({ stage, decision }) => `${stage} ${decision}`)).toEqual([
        ...['review approved', 'apply approved', 'again-1 approved', 'again-2 approved'],
      ]);
      expect(boxOf(report, '8.2')?.reason).toMatch(tried);
      expect(await onTarget(runtime, 'SELECT version, run_id AS run FROM migration_checklist.ledger')).toEqual([
        { version: '001', run: end.runId },
      ]);
      expect(problems).toEqual([]);
      // Who blocks stands first, with what ends it.
      expect(pages).toHaveLength(2);
      expect(pages[0]).toMatch(
        /Who blocks, the root first<\/h2>\s*<ol><li>process \d+, application nightly report, role /,
      );
      expect(pages[0]).toMatch(/Try again.*Give up/s);
      expect(asking).toHaveLength(4);
      expect(asking.filter(({ to }) => to === 'starter@example.org')).toHaveLength(2);
      for (const { text: words } of asking) expect(words).toMatch(/process \d+, application nightly report/);
      const naming = asking.filter(({ text: words }) =>
        /Who blocks, the root first:\n {2}process \d+, application nightly report.*\nTried: +2 attempts/.test(words),
      );
      expect(naming).toHaveLength(mailsWithBlockers);
      for (const mail of asking.filter(({ to }) => to === 'starter@example.org'))
        expect(mail.text).not.toMatch(/Code:|\/approvals\//);
    });
  },
);

test('who gives up has the run closed and nothing applied, and the cause says who, and who blocked', () =>
  withBlockedRun({ decide: async () => 'rejected' }, async ({ runtime, end }) => {
    const report = await reportOf(runtime, end);

    expect(end).toMatchObject({ isSignedOff: false, error: 'LockNotAvailable' });
    expect(end.message).toMatch(/^Step 8: Apply migration: blocked by process \d+, application nightly report/);
    expect(end.message).toContain(
      'approver@localhost gave it up: rejected by the test. Nothing was changed on the target',
    );
    expect(report.approvals.at(-1)).toMatchObject({ stage: 'again-1', decision: 'rejected' });
    expect(await onTarget(runtime, 'SELECT count(*)::int4 AS rows FROM migration_checklist.ledger')).toEqual([
      { rows: 0 },
    ]);
    expect(await isTargetFree(runtime)).toBe(true);
  }));

test('with --yes nobody is there to end what blocks: it is given up, and said', () =>
  withBlockedRun({ answering: true }, async ({ runtime, end }) => {
    expect(end).toMatchObject({ isSignedOff: false, error: 'LockNotAvailable' });
    expect(end.message).toContain('approver@localhost gave it up: nobody looked (--yes)');
    expect((await reportOf(runtime, end)).approvals.at(-1)).toMatchObject({ stage: 'again-1', decision: 'rejected' });
  }));

test('when the schema has changed meanwhile, nobody applies what was rehearsed on another one', () =>
  withBlockedRun(
    {
      decide: async (page, _, runtime) => {
        await endBlocker(runtime, page);
        await onTarget(runtime, 'ALTER TABLE people ADD COLUMN nickname text');
        return 'approved';
      },
    },
    async ({ runtime, end }) => {
      expect(end).toMatchObject({ isSignedOff: false, error: 'VerificationFailed' });
      expect(end.message).toMatch(
        /^Connect again: the target's schema is not the one that was rehearsed any more: .*nickname/,
      );
      expect(await onTarget(runtime, 'SELECT count(*)::int4 AS rows FROM migration_checklist.ledger')).toEqual([
        { rows: 0 },
      ]);
    },
  ));

describe('blocked at the second of three units', () => {
  const units = { sql: ofUnits, mode: 'SHARE UPDATE EXCLUSIVE' };
  const partly = 'partly applied: unit 1 of 3 (line 2, one transaction) is committed';

  test('who tries again has it go on behind what is committed, once, and signed off', async () => {
    const pages: string[] = [];
    const decide = async (page: string, _: number, runtime: Runtime) => {
      pages.push(page);
      await endBlocker(runtime, page);
      return 'approved' as const;
    };
    await withBlockedRun({ ...units, decide }, async ({ runtime, end }) => {
      const report = await reportOf(runtime, end);
      const asking = (await mailsOf(runtime)).filter(({ subject }) => /^(Approve another|Blocked)/.test(subject));
      const { problems } = await verifyEvidence(runtime.ports.store, end.runId, null);

      expect(end).toMatchObject({ isSignedOff: true });
      expect(fromStep8(await statesOf(runtime, end))).toEqual([...attempts, ...round, 'Step 8: Apply migration']);
      expect(boxOf(report, '8.2')?.reason).toMatch(/^committed in 3 units, .*; 2 attempts at its locks stalled/);
      expect(await onTarget(runtime, 'SELECT count(*)::int4 AS rows FROM migration_checklist.ledger')).toEqual([
        { rows: 1 },
      ]);
      expect(problems).toEqual([]);
      expect(pages).toHaveLength(1);
      expect(pages[0]).toContain(partly);
      expect(pages[0]).toMatch(/Try again.*goes on behind what is committed.*Give up.*approvers of the rollback/s);
      expect(asking).toHaveLength(2);
      for (const { text: words } of asking) {
        expect(words.replace(/\s+/g, ' ')).toContain(partly);
        expect(words).not.toMatch(/Nothing of it is applied|The migration is not applied|the run ends/);
      }
    });
  });

  test('when the schema has changed meanwhile the approvers of the rollback are asked, and what is committed is taken back', () => {
    const decide = async (page: string, _: number, runtime: Runtime) => {
      await endBlocker(runtime, page);
      await onTarget(runtime, 'ALTER TABLE ranks ADD COLUMN label text');
      return 'approved' as const;
    };
    return withBlockedRun({ ...units, decide }, async ({ runtime, end }) => {
      const [asked] = (await mailsOf(runtime)).filter(({ subject }) => /^Approve rollback/.test(subject));

      expect(end).toMatchObject({ isSignedOff: false, error: 'VerificationFailed' });
      expect(end.message).toMatch(
        /^Connect again: the target's schema is not the one that was rehearsed any more: .*label/,
      );
      expect(end.message).toContain(`The applied part of ${migration} was rolled back, and the schema is the same`);
      expect(asked?.text.replace(/\s+/g, ' ')).toContain(partly);
      expect(await onTarget(runtime, "SELECT to_regclass('ranks') AS ranks")).toEqual([{ ranks: null }]);
      expect((await reportOf(runtime, end)).approvals.map(({ stage }) => stage)).toEqual([
        'review',
        'apply',
        'again-1',
      ]);
      const { report } = await rollbackOf(runtime, end);
      expect(report?.approvals.map(({ stage }) => stage)).toEqual(['rollback']);
    });
  });
});
