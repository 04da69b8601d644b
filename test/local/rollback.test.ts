/** Rollbacks that somebody asks for: of a run that was signed off earlier, with rows written since, and what is refused. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { verifyEvidence } from '#commands/verify-evidence/verify';
import { fingerprintOf } from '#domain/catalog/fingerprint';
import type { EvidenceDocument } from '#domain/evidence/document';
import { startRollback } from '#local/rollbacks';
import { startRun } from '#local/runs';
import type { Runtime } from '#local/runtime';
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

test('a version that was signed off is taken back: rehearsed on the data of now, approved, verified, closed', async () => {
  await withSandbox(async (sandbox) => {
    arrange(sandbox);
    await withRuntime(sandbox, { answering: false }, async (runtime) => {
      const pages: Record<string, string> = {};
      const stop = answerMails(runtime, (stage, page) => {
        pages[stage] = page;
        return 'approved';
      });
      await startRun(runtime, '001_customers.sql');
      const before = fingerprintOf(await runtime.ports.database.readCatalog(target));
      const applied = await startRun(runtime, '002_notes.sql');
      await onTarget(runtime, "INSERT INTO notes (body) VALUES ('one'), ('two'), ('three')");
      const end = await startRollback(runtime, { migration: '002_notes.sql', because: 'the notes are wrong' });
      const again = await startRollback(runtime, { migration: '002', because: 'once more' });
      stop();

      expect(end).toMatchObject({ error: null, isTakenBack: true });
      expect(end.message).toContain('002_notes.sql was rolled back, and the schema is the same as before');
      expect(await statesOf(runtime, end)).toEqual([
        ...['Open rollback', 'Rehearse on now', 'Step 5: Back up database', 'Approve rollback', 'Rollback approved?'],
        ...['Roll back', 'Verify rollback', 'Report incident', 'Close run', 'Was it taken back?', 'Rolled back'],
      ]);
      expect(fingerprintOf(await runtime.ports.database.readCatalog(target))).toBe(before);
      expect(pages['rollback']).toContain('3 rows');
      const rehearsed = await documentOf(runtime, end.runId, 'rehearse-rollback');
      expect(rehearsed.boxes).toMatchObject([{ answer: 'proved' }, { answer: 'proved' }, { answer: 'proved' }]);
      const [, row] = await runtime.ports.database.readLedger(target);
      expect(row).toMatchObject({ runId: applied.runId, state: { state: 'rolled back', by: end.runId } });
      expect((await verifyEvidence(runtime.ports.store, end.runId, null)).problems).toEqual([]);
      const incidents = path.join(sandbox.project, 'ops/postmortems');
      expect(readFileSync(path.join(incidents, readdirSync(incidents)[0] ?? ''), 'utf8')).toContain(
        'the notes are wrong',
      );
      expect(again).toMatchObject({ error: 'MigrationRefused' });
      expect(again.message).toContain('it was rolled back at');
      expect((await runtime.ports.database.readTargetState(target)).lease).toBeNull();
    });
  });
});
