import { revertedIn } from '#domain/boxes/13-test-rollback';
import { documentPaths, updateDocumentation, type WrittenDocument } from '#domain/boxes/14-update-documentation';
import { renderSchemaPage } from '#domain/catalog/schema-page';
import { VerificationFailed } from '#domain/errors';
import { isRowOf } from '#domain/ledger/ledger';
import { addDecision } from '#domain/reports/decision-entry';
import { documentProposal } from '#domain/reports/document-proposal';
import { sha256Of } from '#domain/sha256';
import { fingerprintOf } from '#domain/signatures/signature';
import type { Ports } from '#lambdas/ports/ports';
import { readPinnedMigration } from '#lambdas/record/pinned-migration';
import { readKeptPublicKeys } from '#lambdas/record/signed';
import { withStepEvidence } from '#lambdas/record/with-evidence';
import type { StepInput, StepOutput } from '#statemachine/contract';

const target = { branchId: 'target' } as const;

export const run = (input: StepInput, ports: Ports): Promise<StepOutput> =>
  withStepEvidence(ports, 14, updateDocumentation, input, async (facts, earlier) => {
    const { run: pin } = input;
    const { documents, database } = ports;
    const { migration } = await readPinnedMigration(ports.store, pin);
    facts.put('runId', pin.runId);
    facts.put('version', pin.version);
    const entry = (await database.readLedger(target)).find((row) => isRowOf(row, pin)) ?? null;
    facts.put('entry', entry);
    if (!entry)
      throw new VerificationFailed(`the ledger has no row of run ${pin.runId}: somebody removed it after Step 8`);

    const rollbackTest = revertedIn(earlier);
    const keys = await readKeptPublicKeys(ports.store, pin.runId);
    const written: WrittenDocument[] = [];
    const write = async (path: string, text: string) => {
      const location = await documents.write(path, text);
      written.push({ path, sizeBytes: Buffer.byteLength(text), sha256: sha256Of(text) });
      facts.put('written', written);
      return location;
    };
    const decision = {
      runId: pin.runId,
      version: pin.version,
      migration: pin.migration,
      database: pin.target.database,
      appliedAt: entry.appliedAt,
      appliedBy: entry.appliedBy,
      durationMs: entry.durationMs,
      purpose: migration.purpose ?? migration.description,
      rollbackTest,
      decisionKey: keys && fingerprintOf(keys.decisions),
    };
    await facts.observe('decisionLog', async () =>
      write(documentPaths.decisionLog, addDecision(await documents.read(documentPaths.decisionLog), decision)),
    );
    const page = renderSchemaPage(await database.readCatalog(target), {
      title: pin.target.database,
      version: pin.version,
    });
    await facts.observe('schemaPage', async () => write(documentPaths.schemaPage, page));
    const proposal = await ports.codeHost.proposeDocuments(
      documentProposal(decision, [
        { path: documentPaths.decisionLog, textFrom: (current) => addDecision(current, decision) },
        { path: documentPaths.schemaPage, textFrom: () => page },
      ]),
    );
    if (proposal !== null) facts.put('proposal', proposal);
    return {};
  });
