import { renderSchemaPage } from '#domain/catalog/schema-page';
import { VerificationFailed } from '#domain/errors';
import { addDecision } from '#domain/reports/decision-entry';
import type { Ports } from '#lambdas/ports/ports';
import { evidenceOfStep, readRecorded } from '#lambdas/record/evidence';
import { readPinnedMigration } from '#lambdas/record/pinned-migration';
import { withStepEvidence } from '#lambdas/record/with-evidence';
import type { StepInput, StepOutput } from '#statemachine/contract';

const target = { branchId: 'target' } as const;

export const run = (input: StepInput, ports: Ports): Promise<StepOutput> =>
  withStepEvidence(ports, 14, input, async (notes) => {
    const { run: pin } = input;
    const { documents, database } = ports;
    const { migration } = await readPinnedMigration(ports.store, pin);
    const entry = (await database.readLedger(target)).find(({ runId }) => runId === pin.runId);
    if (!entry) {
      notes.fail('14.3', `the ledger has no row of run ${pin.runId}`);
      throw new VerificationFailed(`the ledger has no row of run ${pin.runId}: somebody removed it after Step 8`);
    }
    notes.prove('14.3', `ledger row ${entry.version}, applied on ${entry.appliedAt}`, { entry });

    const rehearsed = await readRecorded(ports.store, pin.runId, evidenceOfStep(13).name);
    const decisions = await notes.expecting(['14.1'], async () =>
      documents.write(
        'docs/decisions.md',
        addDecision(await documents.read('docs/decisions.md'), {
          runId: pin.runId,
          version: pin.version,
          migration: pin.migration,
          database: pin.target.database,
          appliedAt: entry.appliedAt,
          appliedBy: entry.appliedBy,
          durationMs: entry.durationMs,
          purpose: migration.purpose ?? migration.description,
          rollbackTest: rehearsed?.document.boxes.find(({ box }) => box === '13.2') ?? null,
        }),
      ),
    );
    notes.prove('14.1', `entry written to ${decisions}`);
    const page = await notes.expecting(['14.2'], async () =>
      documents.write(
        'docs/schema.md',
        renderSchemaPage(await database.readCatalog(target), { title: pin.target.database, version: pin.version }),
      ),
    );
    notes.prove('14.2', `schema page and diagram of version ${pin.version} written to ${page}`);
    return {};
  });
