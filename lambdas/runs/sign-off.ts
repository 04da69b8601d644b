/** The good end of a run: everything tidied up, the report written, the sign-off returned as the execution's output. */
import { VerificationFailed } from '#domain/errors';
import { isRowOf } from '#domain/ledger/ledger';
import { exceptionInWords } from '#domain/reports/exceptions';
import { firstLines } from '#domain/shorten';
import type { Ports } from '#lambdas/ports/ports';
import { requireApproval } from '#lambdas/record/approval';
import { listBelongings } from '#lambdas/record/belongings';
import { type Reader, readClosedList, refuseStrange } from '#lambdas/record/closed-list';
import { keepPublicKeys, signClosing } from '#lambdas/record/signed';
import { withEvidence } from '#lambdas/record/with-evidence';
import type { RunPin, SignOff, SignOffInput, SignOffOutput } from '#statemachine/contract';
import { noteLeftBehind, tidyUp } from './tidy-up';
import { writeReport } from './write-report';

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

export const run = async (input: SignOffInput, ports: Ports): Promise<SignOffOutput> => {
  const { run: pin } = input;
  const state = { name: 'sign-off', title: 'Sign off' } as const;
  // All of it: the sign-off is also the list of what belongs to the run.
  const reader: Reader = { runId: pin.runId, name: state.name, previous: input.previous };
  const listed = await readClosedList(ports.store, reader);
  const previous = listed.evidence.map(({ ref }) => ref);
  const { evidence, entry } = await withEvidence(ports, state, { run: pin, previous }, async (facts) => {
    // First: a run that ends here without a sign-off must not go on holding the target.
    noteLeftBehind(facts, await tidyUp(ports, pin, input.branch));
    refuseStrange(reader, listed);
    // Hours or days have gone by: what let the migration be made must still be what it was.
    await requireApproval(ports, pin, 'review', null);
    await requireApproval(ports, pin, 'apply', null);
    await keepPublicKeys(ports, pin.runId);
    facts.put('belongings', await listBelongings(ports.store, pin.runId, state.name));
    return { entry: await requireEntry(ports, pin) };
  });
  const signature = await signClosing(ports, evidence);
  // Before the report says so: the ledger tells the next start, also when this function dies here.
  await ports.database.recordSignOff({ branchId: 'target' }, pin, { sha256: evidence.sha256, signature });
  const { report, key } = await writeReport(ports, pin, evidence, { outcome: 'signed off', cause: null });
  const { issuesFound, rollbackTested } = report.signOff;
  const exceptions = report.exceptions ?? [];
  const signOff: SignOff = {
    migration: pin.migration,
    runId: pin.runId,
    appliedBy: entry.appliedBy,
    date: entry.appliedAt,
    environment: 'staging',
    executionTimeMs: entry.durationMs,
    issuesFound: firstLines(issuesFound, { most: 20, characters: 500, where: 'in the report' }),
    issuesCount: issuesFound.length,
    outcome: report.outcome as SignOff['outcome'],
    exceptions: firstLines(exceptions.map(exceptionInWords), { most: 20, characters: 500, where: 'in the report' }),
    exceptionCount: exceptions.length,
    rollbackTested,
    approvedForProduction: false,
    report: key,
    sha256: evidence.sha256,
  };
  return { evidence, signOff };
};
