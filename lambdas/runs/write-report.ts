/** Puts the run's report into the store in its three forms. */

import type { EvidenceRef } from '#domain/evidence/document';
import { isRowOf } from '#domain/ledger/ledger';
import { renderHtmlReport } from '#domain/reports/html-report';
import { renderMarkdownReport } from '#domain/reports/markdown';
import { buildReport, type Report, type ReportInput } from '#domain/reports/report';
import { printJson } from '#domain/text/visible';
import { checklist } from '#lambdas/checklist';
import type { Ports } from '#lambdas/ports/ports';
import { readClosedList } from '#lambdas/record/closed-list';
import { reportKeys } from '#lambdas/record/keys';
import { readPinnedMigration } from '#lambdas/record/pinned-migration';
import type { RunPin } from '#statemachine/contract';

/** The ledger row of the run; null also when the database cannot be asked, for a report must be written even then. */
const readEntry = async (ports: Ports, run: RunPin) => {
  const ledger = await ports.database.readLedger({ branchId: 'target' }).catch(() => []);
  return ledger.find((entry) => isRowOf(entry, run)) ?? null;
};

/** Of what the closing document names. */
export const writeReport = async (
  ports: Ports,
  run: RunPin,
  closing: EvidenceRef,
  ending: Pick<ReportInput, 'outcome' | 'cause'>,
): Promise<{ readonly report: Report; readonly key: string }> => {
  const { migration } = await readPinnedMigration(ports.store, run);
  const { evidence } = await readClosedList(ports.store, { runId: run.runId, name: null, previous: [closing] });
  const report = buildReport({
    run,
    checklist,
    ...ending,
    purpose: migration.purpose,
    finishedAt: ports.clock.now().toISOString(),
    entry: await readEntry(ports, run),
    documents: evidence,
  });
  const keys = reportKeys(run.runId);
  await ports.store.write(keys.html, renderHtmlReport(report));
  await ports.store.write(keys.markdown, renderMarkdownReport(report));
  // Last: whoever sees the JSON finds the other two.
  await ports.store.write(keys.json, `${printJson(report, 2)}\n`);
  return { report, key: keys.html };
};
