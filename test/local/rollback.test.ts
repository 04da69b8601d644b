/** Rollbacks that somebody asks for: of a run that was signed off earlier, with rows written since, and what is refused. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { verifyEvidence } from '#commands/verify-evidence/verify';
import { fingerprintOf } from '#domain/catalog/fingerprint';
import type { EvidenceDocument } from '#domain/evidence/document';
import { type RollbackEnd, startRollback } from '#local/rollbacks';
import { startRun } from '#local/runs';
import type { Runtime } from '#local/runtime';
import type { RunPin } from '#statemachine/contract';
import { answerMails } from '#test/support/answer-mails';
import { type Sandbox, withRuntime, withSandbox } from '#test/support/local-run';
import { onTarget, statesOf } from '#test/support/run-outcome';

const target = { branchId: 'target' } as const;

const files = {
  '001_customers.sql': `-- Purpose: customers
-- Who buys.
CREATE TABLE customers (customer_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL);
-- ROLLBACK
--   DROP TABLE customers;
`,
  '002_notes.sql': `-- Purpose: what was said to a customer
-- One row for each note.
CREATE TABLE notes (note_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text NOT NULL);
-- ROLLBACK
--   DROP TABLE notes;
`,
  '003_labels.sql': `-- Purpose: labels of notes
-- One row for each label.
CREATE TABLE labels (label_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL);
-- ROLLBACK
--   DROP TABLE labels;
`,
};

const arrange = ({ project }: Sandbox) => {
  const folder = path.join(project, 'migrations');
  rmSync(folder, { recursive: true });
  mkdirSync(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
};

const documentOf = async ({ ports }: Runtime, runId: string, name: string) =>
  JSON.parse((await ports.store.read(`runs/${runId}/${name}.json`))?.toString('utf8') ?? 'null') as EvidenceDocument;

const stateOf = async ({ ports }: Runtime, migration: string) =>
  (await ports.database.readLedger(target)).find((row) => row.migration === migration)?.state;

const tablesIn = async ({ ports }: Runtime) =>
  (await ports.database.readCatalog(target)).objects.flatMap(({ kind, identity }) =>
    kind === 'table' ? [identity] : [],
  );

test('what stands is taken back at any time: what it stands on, what stands on it, and what does not stand', async () => {
  await withSandbox(async (sandbox) => {
    arrange(sandbox);
    let opened: Runtime | null = null;
    const refusedBesideWatch: RollbackEnd[] = [];
    // Its own run still watches it.
    const intercept = async (called: string, call: () => Promise<unknown>, payload: unknown) => {
      const result = await call();
      const isThird = (payload as { readonly run?: RunPin }).run?.version === '003';
      if (called === 'Monitor' && isThird)
        refusedBesideWatch.push(await startRollback(opened as Runtime, { migration: '003', because: 'at once' }));
      return result;
    };
    await withRuntime(sandbox, { intercept, answering: false }, async (runtime) => {
      opened = runtime;
      const pages: Record<string, string> = {};
      const stop = answerMails(runtime, (stage, page) => {
        pages[stage] = page;
        return 'approved';
      });
      const ask = (migration: string, more: object = {}) =>
        startRollback(runtime, { migration, because: 'the notes are wrong', ...more });
      const empty = fingerprintOf(await runtime.ports.database.readCatalog(target));
      const earlier = [await startRun(runtime, '001_customers.sql'), await startRun(runtime, '002_notes.sql')];
      const before = fingerprintOf(await runtime.ports.database.readCatalog(target));
      const applied = await startRun(runtime, '003_labels.sql');
      await onTarget(runtime, "INSERT INTO labels (name) VALUES ('one'), ('two'), ('three')");

      expect([...earlier, applied].map(({ error, message }) => error && message)).toEqual([null, null, null]);
      const [busy] = refusedBesideWatch;
      expect(busy).toMatchObject({ error: 'TargetIsBusy' });
      expect(busy?.message).toContain('it watches what it has applied');
      expect(await ask('009_never.sql')).toMatchObject({
        error: 'InvalidInput',
        message: expect.stringContaining('001_customers.sql, 002_notes.sql, 003_labels.sql'),
      });

      // By the run that applied it; rows were written since, and the page has them.
      const end = await ask(applied.runId);
      expect(end).toMatchObject({ error: null, isTakenBack: true });
      expect(end.message).toContain('003_labels.sql was rolled back, and the schema is the same as before.');
      expect(await statesOf(runtime, end)).toEqual([
        ...['Open rollback', 'Rehearse on now', 'Step 5: Back up database'],
        ...['Find blockers', 'Approve rollback', 'Rollback approved?'],
        ...['Roll back', 'Verify rollback', 'Report incident', 'Close run', 'Was it taken back?', 'Rolled back'],
      ]);
      expect(fingerprintOf(await runtime.ports.database.readCatalog(target))).toBe(before);
      expect(pages['rollback']).toContain('public.labels with 3 rows');
      expect(pages['rollback']).toContain('the notes are wrong');
      const rehearsed = await documentOf(runtime, end.runId, 'rehearse-rollback');
      expect(rehearsed.boxes).toMatchObject([{ answer: 'proved' }, { answer: 'proved' }, { answer: 'proved' }]);
      expect(await stateOf(runtime, '003_labels.sql')).toMatchObject({ state: 'rolled back', by: end.runId });
      expect((await verifyEvidence(runtime.ports.store, end.runId, null)).problems).toEqual([]);
      const incidents = path.join(sandbox.project, 'ops/postmortems');
      const incident = readFileSync(path.join(incidents, readdirSync(incidents)[0] ?? ''), 'utf8');
      expect(incident).toContain('the notes are wrong');
      expect(incident).toContain('public.labels with 3 rows');
      // What was before belongs to the run that applied it.
      expect(incident).toMatch(
        /was applied, run \S+ \|[\s\S]*the watch of the target began \|[\s\S]*was signed off \|[\s\S]*a rollback of 003_labels\.sql was asked for \|[\s\S]*people were asked: [\s\S]*rollback approved by [\s\S]*it was rolled back, [\s\S]*this report was written \|/,
      );
      expect(incident).toContain('The target was watched from ');
      expect(incident).toContain(
        'in a new migration, `004_labels_corrected.sql`, and leave `003_labels.sql` unchanged',
      );
      expect(incident).toContain('-- Purpose: corrects 003_labels.sql: labels of notes');
      const documentIn = (name: string) => readFileSync(path.join(sandbox.project, 'docs', name), 'utf8');
      expect(documentIn('decisions.md')).toContain(
        `Migration 003: rolled back\n\n- **Context**: the notes are wrong\n`,
      );
      expect(documentIn('schema.md')).toContain('Schema of version 002: 2 tables.');
      expect(documentIn('schema.md')).not.toContain('labels');
      expect(await ask('003')).toMatchObject({
        error: 'MigrationRefused',
        message: expect.stringContaining('it was rolled back at'),
      });

      // What stands on it is named, or goes with it as one plan.
      expect(await ask('001')).toMatchObject({
        error: 'MigrationRefused',
        message: expect.stringContaining('002_notes.sql was applied after 001_customers.sql'),
      });
      const both = await ask('001', { withLater: true });
      stop();
      expect(both.message).toContain('002_notes.sql, 001_customers.sql were rolled back, and the schema is the same');
      expect(fingerprintOf(await runtime.ports.database.readCatalog(target))).toBe(empty);
      expect(await tablesIn(runtime)).toEqual([]);
      expect(documentIn('decisions.md')).toContain('- **Rolled back before it**: 002_notes.sql\n');
      expect(documentIn('schema.md')).toContain('Schema before the first version: 0 tables.');
      expect((await verifyEvidence(runtime.ports.store, both.runId, null)).problems).toEqual([]);
      expect((await runtime.ports.database.readTargetState(target)).lease).toBeNull();
    });
  });
}, 400_000);
