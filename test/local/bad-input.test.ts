/** Migrations and branches that do harm: the run ends with a clear verdict, the branch is deleted, the target untouched. */
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { type RunEnd, startRun } from '#local/runs';
import type { Runtime, RuntimeRequest } from '#local/runtime';
import { readEvidence } from '#test/support/evidence-of-run';
import { type Sandbox, withRuntime, withSandbox } from '#test/support/local-run';
import { boxOf, branchOf, isBranchGone, onTarget, reportOf, statesOf } from '#test/support/run-outcome';

const target = { branchId: 'target' } as const;
const fileName = '001_bad.sql';

const migrationOf = (statements: string, rollback = 'DROP TABLE notes;') =>
  `-- Purpose: something that goes wrong\n-- A table.\nCREATE TABLE notes (note_id bigint, body text);\n-- The harm.\n${statements}\n-- ROLLBACK\n${rollback.replace(/^/gm, '--   ')}\n`;

const arrange = ({ project }: Sandbox, text: string) => {
  const folder = path.join(project, 'migrations');
  for (const name of ['001_create_jobs', '002_create_core_schema'])
    for (const ending of ['.sql', '.checks.sql']) rmSync(path.join(folder, `${name}${ending}`), { force: true });
  writeFileSync(path.join(folder, fileName), text);
};

type Ended = { readonly runtime: Runtime; readonly end: RunEnd };

/** Runs the migration on a target with a schema of its own, and sees to what must be true however it ends. */
const runBad = (
  text: string,
  request: Partial<RuntimeRequest>,
  assert: (ended: Ended) => Promise<void>,
  prepare: (runtime: Runtime, sandbox: Sandbox) => void = () => undefined,
) =>
  withSandbox((sandbox) => {
    arrange(sandbox, text);
    return withRuntime(sandbox, request, async (runtime) => {
      await onTarget(runtime, 'CREATE TABLE kept (id int); INSERT INTO kept VALUES (1)');
      prepare(runtime, sandbox);
      const before = await runtime.ports.database.readCatalog(target);
      const end = await startRun(runtime, fileName);

      expect(end.isSignedOff).toBe(false);
      expect(await statesOf(runtime, end)).not.toContain('Step 8: Apply migration');
      expect(await runtime.ports.database.readCatalog(target)).toEqual(before);
      expect(await onTarget(runtime, 'SELECT id FROM kept')).toEqual([{ id: 1 }]);
      expect(await runtime.ports.database.readLedger(target)).toEqual([]);
      expect(await onTarget(runtime, 'SELECT FROM migration_checklist.lease')).toEqual([]);
      expect(await isBranchGone(runtime, end)).toBe(true);
      await assert({ runtime, end });
    });
  });

const nameAndWords = ({ error, message }: RunEnd) => `${error}: ${message}`;

const nothingChanged = 'Nothing was changed on the target';

const failing: readonly (readonly [what: string, statements: string, words: RegExp])[] = [
  [
    'ends its own session',
    'SELECT pg_terminate_backend(pg_backend_pid());',
    /^DatabaseUnreachable: Step 6: Dry run: statement 2 \(line 5\): the session was lost: terminating connection/,
  ],
  [
    'loops for ever',
    'DO $$ BEGIN LOOP END LOOP; END $$;',
    /^StatementFailed: Step 6: Dry run: statement 2 \(line 5\): canceling statement due to statement timeout \(SQLSTATE 57014\)/,
  ],
  [
    'writes more temporary files than it may',
    "SET temp_file_limit = '1MB'; SET work_mem = '64kB';\nSELECT count(*) FROM (SELECT n, md5(n::text) FROM generate_series(1, 200000) n ORDER BY 2) AS sorted;",
    /^StatementFailed: Step 6: Dry run: .*temp_file_limit.*SQLSTATE 53400/,
  ],
  [
    'fills the disk',
    `DO $$ BEGIN RAISE EXCEPTION 'could not extend file "base/5/16384": No space left on device' USING ERRCODE = '53100', HINT = 'Check free disk space.'; END $$;`,
    /^StatementFailed: Step 6: Dry run: statement 2 \(line 5\): could not extend file .*SQLSTATE 53100\); hint: Check free disk space/,
  ],
  [
    'drops the schema it runs in',
    'DROP SCHEMA public CASCADE;',
    /^(StatementFailed|VerificationFailed): Step 13: Test rollback: /,
  ],
  [
    "drops the checklist's own schema out of a block",
    "DO $$ BEGIN EXECUTE 'DROP SCHEMA migration_' || 'checklist CASCADE'; END $$;",
    /^MigrationRefused: Step 6: Dry run: the migration changes or drops tables of the schema migration_checklist/,
  ],
  [
    'commits in a block',
    'DO $$ BEGIN COMMIT; END $$;',
    /^StatementFailed: Step 6: Dry run: statement 2 \(line 5\): .*2D000.*a procedure or block that commits/,
  ],
];

test.each(failing)('a migration that %s', (_, statements, words) =>
  runBad(
    migrationOf(statements),
    {},
    async ({ runtime, end }) => {
      const report = await reportOf(runtime, end);

      expect(nameAndWords(end)).toMatch(words);
      expect(end.message).toContain(nothingChanged);
      expect(report.outcome).toBe('failed');
      expect(report.boxes).toHaveLength(61);
    },
    (runtime) => Object.assign(runtime.ports.settings, { statementTimeoutMs: 2_000 }),
  ),
);

test('a migration that contains COMMIT is refused before there is a run', () =>
  runBad(migrationOf('COMMIT;'), {}, async ({ end }) => {
    expect(nameAndWords(end)).toMatch(/^MigrationRefused: .*001_bad\.sql:5:1: COMMIT is not allowed/);
  }));

/** The table that the target has; the first test needs its row, which the branch has too. */
const declaredTests = [
  '-- test: what the target held is still there',
  'SELECT FROM kept WHERE id = 1; -- expect: 1 row',
  '',
  '-- test: a second note of the same number is refused',
  'INSERT INTO notes VALUES (1);',
  '-- expect: 23505',
  'INSERT INTO notes VALUES (1);',
  '',
  '-- test: a note has an author',
  'SELECT author FROM notes;',
];

test('a declared test that fails or cannot run, before anybody is asked to approve the apply', () =>
  runBad(
    migrationOf('SELECT 1;'),
    {},
    async ({ runtime, end }) => {
      const report = await reportOf(runtime, end);
      const dryRun = (await readEvidence(runtime.ports.store, end.runId)).find(({ name }) => name === '06-dry-run');

      expect(end.message).toMatch(
        /^Step 6: Dry run: declared tests failed on the branch: 001_bad\.checks\.sql:4, a second note of the same number is refused: line 7: expected SQLSTATE 23505, but the statement succeeded; 001_bad\.checks\.sql:9, a note has an author: line 10: .*column "author" does not exist/,
      );
      expect(end.message).toContain(nothingChanged);
      expect(await statesOf(runtime, end)).not.toContain('Approve apply');
      expect(dryRun?.facts['tests']).toMatchObject({
        results: [{ passed: true }, { passed: false }, { passed: false }],
      });
      expect(boxOf(report, '6.1')?.reason).toMatch(/; 1 of 3 declared tests passed there$/);
      expect(boxOf(report, '10.1')).toMatchObject({
        answer: 'failed',
        reason: expect.stringMatching(/^on the branch, before the apply: 001_bad\.checks\.sql:4/),
      });
      expect(boxOf(report, '10.2')).toMatchObject({ answer: 'open', evidence: null });
    },
    (_, { project }) => writeFileSync(path.join(project, 'migrations', '001_bad.checks.sql'), declaredTests.join('\n')),
  ));

const named = (name: string, message: string) => Object.assign(new Error(message), { name });

test('a branch that cannot be made', () =>
  runBad(
    migrationOf('SELECT 1;'),
    {
      intercept: async (called, call) => {
        if (called === 'CreateBranch') throw named('PlatformFailed', 'the project has reached its limit of branches');
        return call();
      },
    },
    async ({ runtime, end }) => {
      expect(nameAndWords(end)).toMatch(
        /^PlatformFailed: Create branch: the project has reached its limit of branches\./,
      );
      expect(end.message).toContain(nothingChanged);
      expect((await reportOf(runtime, end)).boxes).toHaveLength(61);
    },
  ));

/** As the platform does it by itself when a branch has come to its end. */
const deleteBranch = async (runtime: Runtime, payload: unknown) => {
  const { branchId } = (payload as { branch: { branchId: string } }).branch;
  await runtime.ports.platform.deleteBranch(branchId);
};

test.each(['DryRun', 'TestRollback'])('a branch that has expired before %s', (functionName) => {
  let opened: Runtime | null = null;
  return runBad(
    migrationOf('SELECT 1;'),
    {
      intercept: async (called, call, payload) => {
        if (called === functionName && opened) await deleteBranch(opened, payload);
        return call();
      },
    },
    async ({ runtime, end }) => {
      expect(nameAndWords(end)).toMatch(
        /^(PlatformFailed|DatabaseUnreachable): Step (5: Back up database|6: Dry run|13: Test rollback): .*branch not found/,
      );
      expect(end.message).toContain(nothingChanged);
      expect((await reportOf(runtime, end)).boxes).toHaveLength(61);
    },
    (runtime) => {
      opened = runtime;
    },
  );
});

/** Resolves when the statement runs on the branch. */
const isRunning = async (runtime: Runtime, branchId: string, word: string) => {
  const { host, port, user, password, database } = await runtime.ports.platform.connection({ branchId });
  const client = new pg.Client({ host, port, user, password, database });
  client.on('error', () => undefined);
  await client.connect();
  const running = 'SELECT FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND query LIKE $1';
  while ((await client.query(running, [`%${word}%`])).rows.length === 0);
  await client.end();
};

test('a branch that dies in the middle of a statement', () => {
  let opened: Runtime | null = null;
  return runBad(
    migrationOf('SELECT pg_sleep(60);'),
    {
      intercept: async (called, call, payload) => {
        if (called !== 'DryRun' || !opened) return call();
        const { branchId } = (payload as { branch: { branchId: string } }).branch;
        const isThere = await opened.ports.platform.connection({ branchId }).then(
          () => true,
          () => false,
        );
        const running = call();
        running.catch(() => undefined);
        if (isThere) {
          await isRunning(opened, branchId, 'pg_sleep');
          await deleteBranch(opened, payload);
        }
        return running;
      },
    },
    async ({ runtime, end }) => {
      // The backup is verified on the same branch, beside the dry run: either may miss it first.
      expect(nameAndWords(end)).toMatch(
        /^(PlatformFailed|DatabaseUnreachable): Step (5: Back up database|6: Dry run): /,
      );
      expect(end.message).toContain(nothingChanged);
      expect(await branchOf(runtime, end.runId)).not.toBeNull();
    },
    (runtime) => {
      opened = runtime;
    },
  );
});

test('a migration that changes what names mean and what triggers do is applied as written, and the report says it', () =>
  withSandbox((sandbox) => {
    const harm = [
      'CREATE SCHEMA aside;',
      "CREATE FUNCTION aside.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS $$ SELECT '1999-01-01'::timestamptz $$;",
      'SET search_path = aside, pg_catalog;',
      "SET session_replication_role = 'replica';",
      'CREATE TABLE baskets (id int);',
    ];
    arrange(sandbox, migrationOf(harm.join('\n-- And on.\n'), 'DROP SCHEMA aside CASCADE;\nDROP TABLE public.notes;'));
    return withRuntime(sandbox, {}, async (runtime) => {
      const end = await startRun(runtime, fileName);
      const [entry] = await runtime.ports.database.readLedger(target);

      expect(end.message).toBe('demonstration, no sign-off: nobody looked (--yes)');
      expect(await onTarget(runtime, "SELECT to_regclass('aside.baskets')::text AS t")).toEqual([
        { t: 'aside.baskets' },
      ]);
      expect(entry?.appliedAt.slice(0, 2)).toBe('20');
      expect(await onTarget(runtime, 'SHOW session_replication_role')).toEqual([
        { session_replication_role: 'origin' },
      ]);
      expect(boxOf(await reportOf(runtime, end), '2.3')).toMatchObject({
        answer: 'failed',
        reason: expect.stringContaining('session_replication_role'),
      });
      expect(await isBranchGone(runtime, end)).toBe(true);
    });
  }));
