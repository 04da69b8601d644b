/** The good end of a run: everything tidied up, the report written, the sign-off told outside of the store and returned as the output. */
import { againStages } from '#domain/approvals/stages';
import { VerificationFailed } from '#domain/errors';
import type { EvidenceRef } from '#domain/evidence/document';
import { isRowOf } from '#domain/ledger/ledger';
import { exceptionLines } from '#domain/reports/exceptions';
import { firstLines } from '#domain/shorten';
import type { Ports } from '#lambdas/ports/ports';
import { requireApproval } from '#lambdas/record/approval';
import { listBelongings } from '#lambdas/record/belongings';
import { type ClosedList, type Reader, readClosedList, refuseStrange } from '#lambdas/record/closed-list';
import { readRecorded } from '#lambdas/record/evidence';
import { approvalKeys, reportKeys } from '#lambdas/record/keys';
import { linksUntilNow } from '#lambdas/record/link-files';
import { type Ending, endingIn, factsOfReport, renderReport, writeReport } from '#lambdas/record/report';
import { keepPublicKeys, signClosing } from '#lambdas/record/signed';
import { withEvidence } from '#lambdas/record/with-evidence';
import type { RunPin, SignOff, SignOffInput, SignOffOutput } from '#statemachine/contract';
import { leaveWitnesses } from './leave-witnesses';
import { findingsOf, noteLeftBehind, tidyUp } from './tidy-up';

const state = { name: 'sign-off', title: 'Sign off' } as const;

/** Asked before anything is written: a report that says "signed off" must not be of a run that cannot be. */
const requireEntry = async ({ database }: Pick<Ports, 'database'>, run: RunPin) => {
  const { runId } = run;
  const entry = (await database.readLedger({ branchId: 'target' })).find((row) => isRowOf(row, run));
  if (!entry)
    throw new VerificationFailed(
      `the ledger has no row of run ${runId}, so it cannot be signed off: somebody removed it after Step 8`,
    );
  if (entry.rolledBackAt !== null)
    throw new VerificationFailed(
      `${entry.migration} was rolled back on ${entry.rolledBackAt}: it cannot be signed off`,
    );
  return entry;
};

type Signed = { readonly evidence: EvidenceRef; readonly ending: Ending };

/** What an attempt before has left whole: whoever signs off again must not make another hash, which is told already. */
const signedBefore = async (ports: Ports, { runId }: RunPin, { evidence }: ClosedList): Promise<Signed | null> => {
  const recorded = await readRecorded(ports.store, runId, state.name);
  if (!recorded || recorded.document.error !== null) return null;
  const ending = endingIn(recorded.document);
  const named = [...recorded.document.previous].sort().join();
  const isOfThis =
    named ===
    evidence
      .map(({ ref }) => ref.sha256)
      .sort()
      .join();
  return ending && isOfThis ? { evidence: recorded.ref, ending } : null;
};

const sign = async (input: SignOffInput, ports: Ports, reader: Reader, listed: ClosedList): Promise<Signed> => {
  const { run } = input;
  // All of it: the sign-off is also the list of what belongs to the run.
  const previous = listed.evidence.map(({ ref }) => ref);
  return withEvidence(ports, state, { run, previous }, async (facts) => {
    // First: a run that ends here without a sign-off must not go on holding the target.
    const left = await tidyUp(ports, run, input.branch);
    noteLeftBehind(facts, left);
    refuseStrange(reader, listed);
    // Hours or days have gone by: what let the migration be made must still be what it was.
    await requireApproval(ports, run, 'review', null);
    await requireApproval(ports, run, 'apply', null);
    const names = listed.evidence.map(({ document }) => document.name);
    for (const stage of againStages.filter((one) => names.includes(approvalKeys.evidenceName(one))))
      await requireApproval(ports, run, stage, null);
    await keepPublicKeys(ports, run.runId);
    const { appliedBy, appliedAt, durationMs, rolledBackAt } = await requireEntry(ports, run);
    const ending: Ending = {
      outcome: 'signed off',
      cause: null,
      finishedAt: ports.clock.now().toISOString(),
      entry: { appliedBy, appliedAt, durationMs, rolledBackAt },
      findings: findingsOf('left-behind', left),
      ...(await linksUntilNow(ports.store, run.runId)),
    };
    facts.put('report', factsOfReport(await renderReport(ports.store, run, listed.evidence, ending), ending));
    facts.put('belongings', await listBelongings(ports.store, run.runId, state.name));
    return { ending };
  });
};

/** Doing it again changes nothing and tells nobody anything else. */
export const run = async (input: SignOffInput, ports: Ports): Promise<SignOffOutput> => {
  const { run: pin } = input;
  const reader: Reader = { runId: pin.runId, name: state.name, previous: input.previous };
  const listed = await readClosedList(ports.store, reader);
  const { evidence, ending } = (await signedBefore(ports, pin, listed)) ?? (await sign(input, ports, reader, listed));
  const rendered = await renderReport(ports.store, pin, listed.evidence, ending);
  const witness = { sha256: evidence.sha256, signature: await signClosing(ports, evidence) };
  // Before the report says so: the ledger tells the next start, also when this function dies here.
  const isDemonstration = rendered.report.outcome === 'demonstration';
  await ports.database.recordSignOff({ branchId: 'target' }, pin, { ...witness, isDemonstration });
  await writeReport(ports.store, rendered);
  await leaveWitnesses(ports, pin, { ...witness, at: ending.finishedAt });
  const { report } = rendered;
  const { issuesFound, rollbackTested } = report.signOff;
  const exceptions = exceptionLines(report);
  const signOff: SignOff = {
    migration: pin.migration,
    runId: pin.runId,
    appliedBy: ending.entry?.appliedBy ?? '',
    date: ending.entry?.appliedAt ?? '',
    environment: 'staging',
    executionTimeMs: ending.entry?.durationMs ?? null,
    issuesFound: firstLines(issuesFound, { most: 20, characters: 500, where: 'in the report' }),
    issuesCount: issuesFound.length,
    outcome: report.outcome as SignOff['outcome'],
    exceptions: firstLines(exceptions, { most: 20, characters: 500, where: 'in the report' }),
    exceptionCount: exceptions.length,
    rollbackTested,
    approvedForProduction: false,
    report: reportKeys(pin.runId).html,
    sha256: evidence.sha256,
  };
  return { evidence, signOff };
};
