/** Whole runs of a migration that is not one transaction: signed off, and failed in its middle. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { verifyEvidence } from '#commands/verify-evidence/verify';
import { rollbackRunOf } from '#domain/ledger/rollback-pin';
import { signOffLines } from '#domain/reports/sign-off-lines';
import { startRun } from '#local/runs';
import type { Runtime } from '#local/runtime';
import { answerMails } from '#test/support/answer-mails';
import { type Sandbox, withRuntime, withSandbox } from '#test/support/local-run';
import { boxOf, onTarget, reportOf, rollbackOf, statesOf } from '#test/support/run-outcome';

const target = { branchId: 'target' } as const;

const first = `-- Purpose: customers
-- Who buys.
CREATE TABLE customers (customer_id bigint GENERATED ALWAYS AS IDENTITY, email text NOT NULL);
-- ROLLBACK
--   DROP TABLE customers;
`;

const second = `-- Purpose: no address twice, without stopping anybody
-- When the address was confirmed.
ALTER TABLE customers ADD COLUMN confirmed_at timestamptz;

-- Built while others write.
CREATE UNIQUE INDEX CONCURRENTLY customers_email_key ON customers (email);

-- What is looked for.
CREATE VIEW unconfirmed_customers AS SELECT customer_id FROM customers WHERE confirmed_at IS NULL;

-- ROLLBACK
--   DROP VIEW unconfirmed_customers;
--   DROP INDEX CONCURRENTLY customers_email_key;
--   ALTER TABLE customers DROP COLUMN confirmed_at;
`;

const files = { '001_customers.sql': first, '002_unique_email.sql': second };

const arrange = ({ project }: Sandbox) => {
  const folder = path.join(project, 'migrations');
  for (const name of ['001_create_jobs', '002_create_core_schema'])
    for (const ending of ['.sql', '.checks.sql']) rmSync(path.join(folder, `${name}${ending}`), { force: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
};

/** Rows come to the target that the branch did not have, right before the second apply. */
const duplicatesBeforeApply = (runtime: () => Runtime) => async (called: string, call: () => Promise<unknown>) => {
  if (called === 'ApplyMigration' && (await runtime().ports.database.readLedger(target)).length === 1)
    await onTarget(runtime(), "INSERT INTO customers (email) VALUES ('ada@x.test'), ('ada@x.test')");
  return call();
};

test('a build that is CONCURRENTLY goes through to the sign-off, and its rollback is rehearsed from each restart point', async () => {
  await withSandbox((sandbox) => {
    arrange(sandbox);
    return withRuntime(sandbox, {}, async (runtime) => {
      await startRun(runtime, '001_customers.sql');
      const end = await startRun(runtime, '002_unique_email.sql');
      const report = await reportOf(runtime, end);

      expect(end.message).toBe('demonstration, no sign-off: nobody looked (--yes)');
      expect(boxOf(report, '6.1')?.reason).toContain(
        'in 3 units that are committed one by one: 1 of 3 (line 3, one transaction), 2 of 3 (line 6, CREATE INDEX CONCURRENTLY)',
      );
      expect(boxOf(report, '8.2')).toMatchObject({
        answer: 'proved',
        reason: expect.stringContaining('committed in 3 units'),
      });
      expect(boxOf(report, '9.3')).toMatchObject({ answer: 'proved' });
      expect(boxOf(report, '13.2')).toMatchObject({
        answer: 'proved',
        reason: expect.stringContaining('the same holds from every restart point (2)'),
      });
      expect(report.boxes).toHaveLength(61);
    });
  });
});

test('a build that fails on the target after a unit was committed: a person is asked, and half of it is rolled back', async () => {
  await withSandbox((sandbox) => {
    arrange(sandbox);
    let opened: Runtime | null = null;
    const intercept = duplicatesBeforeApply(() => opened as Runtime);
    return withRuntime(sandbox, { intercept }, async (runtime) => {
      opened = runtime;
      await startRun(runtime, '001_customers.sql');
      const before = await runtime.ports.database.readCatalog(target);
      const end = await startRun(runtime, '002_unique_email.sql');
      const report = await reportOf(runtime, end);
      const incident = path.join(sandbox.project, 'ops/postmortems');

      expect(end.error).toBe('StatementFailed');
      expect(end.message).toMatch(/^Step 8: Apply migration: statement 2 \(line 6\): .*23505/);
      expect(end.message).toContain(
        'The applied part of 002_unique_email.sql was rolled back, and the schema is the same as before.',
      );
      expect(await statesOf(runtime, end)).toEqual(
        expect.arrayContaining(['Establish outcome', 'Ask for the rollback', 'Establish rollback']),
      );
      expect(await runtime.ports.database.readCatalog(target)).toEqual(before);
      expect(boxOf(report, '8.2')).toMatchObject({
        answer: 'failed',
        reason: expect.stringMatching(
          /^partly applied: unit 1 of 3 \(line 3, one transaction\) was committed; .* rolled back on .*, approved by .*@.*; the catalog after the rollback equals the catalog before the migration, exactly$/,
        ),
      });
      const back = await rollbackOf(runtime, end);
      expect(back.states).toEqual(expect.arrayContaining(['Rehearse on now', 'Roll back', 'Verify rollback']));
      expect(back.report?.outcome).toBe('rolled back');
      // What was never done is passed over on the branch of now too, and what it leaves is the schema from before.
      expect(back.report && boxOf(back.report, '13.2')).toMatchObject({ answer: 'proved' });
      for (const runId of [end.runId, rollbackRunOf(end.runId)])
        expect((await verifyEvidence(runtime.ports.store, runId, null)).problems).toEqual([]);
      const written = readFileSync(path.join(incident, readdirSync(incident)[0] ?? ''), 'utf8');
      expect(written).toMatch(
        /What was applied\*\*: the migration was partly applied: unit 1 of 3 \(line 3, one transaction\) was committed\n.*Rollback\*\*: rolled back on .*, approved by .*@.*\n.*Schema after it\*\*: the catalog after the rollback equals the catalog before the migration, exactly\n/,
      );
      const said = `${Object.values(Object.fromEntries(signOffLines(report))).join('\n')}\n${written}`;
      expect(said).not.toMatch(/\bstands?\b/);

      expect(await runtime.ports.database.readLedger(target)).toMatchObject([{ version: '001' }]);
    });
  });
});

test('half a migration whose rollback is rejected stays applied, and the next run is refused before anybody is asked', async () => {
  await withSandbox((sandbox) => {
    arrange(sandbox);
    let opened: Runtime | null = null;
    const intercept = duplicatesBeforeApply(() => opened as Runtime);
    return withRuntime(sandbox, { intercept, answering: false }, async (runtime) => {
      opened = runtime;
      const stop = answerMails(runtime, (asked) => (asked === 'rollback' ? 'rejected' : 'approved'));
      await startRun(runtime, '001_customers.sql');
      const end = await startRun(runtime, '002_unique_email.sql');
      const next = await startRun(runtime, '002_unique_email.sql');
      stop();

      expect(end.message).toContain('002_unique_email.sql is partly applied: unit 1 of 3');
      expect(end.message).toContain('rejected the rollback');
      expect(next.error).toBe('MigrationRefused');
      expect(next.message).toMatch(/version 002 of run .* is partly applied: unit 1 of 3/);
      expect(await statesOf(runtime, next)).not.toContain('Approve review');
    });
  });
});
