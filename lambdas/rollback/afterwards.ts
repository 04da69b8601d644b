/** What the project's own documents say after a rollback, and what is proposed in place of what was taken back. */
import { documentPaths } from '#domain/boxes/14-update-documentation';
import { aroundRollbackIn } from '#domain/boxes/around-rollback';
import { type FactsByDocument, factsIn } from '#domain/boxes/facts';
import type { TakenBack } from '#domain/boxes/taken-back';
import type { Catalog } from '#domain/catalog/catalog';
import { renderSchemaPage } from '#domain/catalog/schema-page';
import type { EvidenceDocument } from '#domain/evidence/document';
import { messageOf } from '#domain/reports/closing';
import { type Correction, proposeCorrection } from '#domain/reports/correction';
import { type Incident, incidentPath } from '#domain/reports/incident';
import { addRollback } from '#domain/reports/rollback-entry';
import type { Ports } from '#lambdas/ports/ports';
import { readReferenced } from '#lambdas/record/json';
import { readPinnedMigration } from '#lambdas/record/pinned-migration';
import type { Gathered } from '#lambdas/record/with-evidence';
import type { ReportIncidentInput } from '#statemachine/rollback-contract';

type Documents = readonly EvidenceDocument[];

type Seen = { readonly documents: Documents; readonly takenBack: TakenBack | null; readonly at: string };

/** Null for another tool's migration, which that tool makes and numbers itself, and where nobody knows which versions are used. */
export const findCorrection = async (
  { store }: Pick<Ports, 'store'>,
  { run, failure }: Pick<ReportIncidentInput, 'run' | 'failure'>,
  { documents, takenBack, at }: Seen,
): Promise<Correction | null> => {
  const around = aroundRollbackIn(documents);
  if (!around || run.origin) return null;
  // The incident may be that the pinned file cannot be believed; it has to be told all the same.
  const purpose = await readPinnedMigration(store, run).then(
    ({ migration }) => migration.purpose,
    () => null,
  );
  return proposeCorrection({
    migration: run.migration,
    description: run.description,
    purpose,
    used: around.used,
    at,
    isTakenBack: takenBack !== null,
    because: messageOf(failure.cause),
  });
};

/** Adds to the decision log, and writes the schema page anew where the schema after the rollback was seen. */
export const writeDocuments = async (
  { documents: project, store }: Pick<Ports, 'documents' | 'store'>,
  facts: Gathered<FactsByDocument['report-incident']>,
  incident: Incident,
  documents: Documents,
): Promise<void> => {
  const { runId, version, migration, database, takenBack, takenBackWith = [], failure, lost } = incident;
  if (!takenBack) return;
  const log = addRollback(await project.read(documentPaths.decisionLog), {
    runId,
    version,
    migration,
    with: takenBackWith,
    database,
    at: takenBack.at,
    by: takenBack.by,
    because: messageOf(failure.cause),
    compared: takenBack.compared,
    lost: lost ?? null,
    report: incidentPath(incident),
  });
  facts.put('decisionLog', await project.write(documentPaths.decisionLog, log));
  const around = aroundRollbackIn(documents);
  const after = factsIn(documents, 'verify-rollback').catalogAfterRollback;
  if (!around || !after) return;
  const page = renderSchemaPage(await readReferenced<Catalog>(store, after.artifact), {
    title: database,
    version: around.head,
  });
  facts.put('schemaPage', await project.write(documentPaths.schemaPage, page));
};
