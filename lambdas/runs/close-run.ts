/** Every end that is not the sign-off: tidied up, report written, error and cause for the execution. */
import { factsIn, type ToldPerson } from '#domain/boxes/facts';
import type { EvidenceDocument, EvidenceRef } from '#domain/evidence/document';
import { endOf, endsOfRollback } from '#domain/ledger/ends';
import { isRowOf, type RunIdentity } from '#domain/ledger/ledger';
import type { StateRecord } from '#domain/ledger/states';
import { closingOf, messageOf, type ServerComparison } from '#domain/reports/closing';
import { remainingInWords } from '#domain/reports/remaining-ways';
import { closingOfRollback, isTakenBack } from '#domain/reports/rollback-closing';
import type { Ports } from '#lambdas/ports/ports';
import { listBelongings } from '#lambdas/record/belongings';
import { type ClosedList, readClosedList } from '#lambdas/record/closed-list';
import { closeRunState, readClosing } from '#lambdas/record/closing';
import { readReferenced } from '#lambdas/record/json';
import { pinnedKeys } from '#lambdas/record/keys';
import { linksUntilNow } from '#lambdas/record/link-files';
import {
  type Ending,
  endingIn,
  factsOfReport,
  outcomeOfClosing,
  renderReport,
  writeReport,
} from '#lambdas/record/report';
import { readRunFolder } from '#lambdas/record/run-folder';
import { keepPublicKeys, signClosing } from '#lambdas/record/signed';
import { withEvidence } from '#lambdas/record/with-evidence';
import { compareServer } from '#lambdas/rehearsal/beyond';
import type { BranchRef, CloseRunInput, CloseRunOutput, RunPin } from '#statemachine/contract';
import { findApprovalIncident, tellOfIncident } from './approval-incident';
import { tellUnreported } from './tell-unreported';
import { findingsOf, noteLeftBehind, noteStrange, tidyUp } from './tidy-up';

/** What `Verify rollback` saw and let pass, in this run or in the one that it had asked for it; nothing when it did not run. */
const remainingAfterRollback = (documents: readonly EvidenceDocument[]): readonly string[] =>
  factsIn(documents, 'verify-rollback').differences ??
  factsIn(documents, 'establish-rollback').rollbackRun?.remaining ??
  [];

/** Of a rollback that has looked what the run before had saved. */
const insteadOfRollback = (documents: readonly EvidenceDocument[]): { readonly instead?: string } => {
  const { atApply, written } = factsIn(documents, 'rehearse-rollback');
  return atApply ? { instead: remainingInWords(atApply.saved ?? null, written) } : {};
};

/** The execution does not know of a branch whose function was killed, or not heard, after it had written it down. */
const branchIn = (documents: readonly EvidenceDocument[]): BranchRef | null =>
  factsIn(documents, 'create-branch').branch ?? factsIn(documents, 'rehearse-rollback').branch ?? null;

/** Of states that run beside each other the workflow names only the group; the evidence says which one failed. */
const namingTheState = (failure: CloseRunInput['failure'], documents: readonly EvidenceDocument[]) => {
  if (!failure) return null;
  const failed = documents.find(
    ({ error }) => error?.name === failure.error && error.message === messageOf(failure.cause),
  );
  return { ...failure, state: failed?.title ?? failure.state };
};

/** The texts of the run's files, as far as they can be read: to tell which differences concern it. */
const textsOf = async ({ store }: Pick<Ports, 'store'>, runId: string): Promise<readonly string[]> => {
  const { migration, checks } = pinnedKeys(runId);
  const read = await Promise.all([migration, checks].map((key) => store.read(key)));
  return read.flatMap((bytes) => (bytes ? [bytes.toString('utf8')] : []));
};

const compareWithStep4 = async (
  ports: Ports,
  { runId }: CloseRunInput['run'],
  documents: readonly EvidenceDocument[],
): Promise<ServerComparison> => {
  if (!factsIn(documents, '04-environment-check').serverState)
    return branchIn(documents) === null
      ? { outcome: 'not reached' }
      : { outcome: 'not compared', because: 'Step 4 has not kept them' };
  try {
    const compared = await compareServer(ports, documents, await textsOf(ports, runId));
    if (!compared) return { outcome: 'not compared', because: 'Step 4 has not kept them' };
    const { all, concerning } = compared;
    return { outcome: 'compared', concerning, elsewhere: all.filter((line) => !concerning.includes(line)) };
  } catch (error) {
    // The run has to be closed all the same.
    return { outcome: 'not compared', because: (error as Error).message };
  }
};

/** A cause may hold a thousand differences; the report has all of it. */
const longestReason = 2_000;

/** Before the lease is released. The run is closed all the same: a version that is not signed off is unresolved in any case. */
const tellLedger = async ({ database }: Ports, run: RunPin, records: readonly Omit<StateRecord, 'since'>[]) => {
  try {
    for (const version of identitiesOf(run))
      for (const record of records) await database.recordEnd({ branchId: 'target' }, version, record);
    return [];
  } catch (error) {
    return [`how the run ended could not be written into the ledger: ${(error as Error).message}`];
  }
};

/** The run is closed all the same where the approvals cannot be looked at. */
const tellOfApprovals = async (
  ports: Ports,
  input: Pick<CloseRunInput, 'run' | 'failure' | 'rollback'>,
  strange: readonly string[],
  ended: string,
): Promise<readonly ToldPerson[]> => {
  const incident = await findApprovalIncident(ports, input, strange).catch(() => null);
  return incident ? tellOfIncident(ports, input.run, incident, ended) : [];
};

/** All of it, because a state that failed has left evidence which no later state could refer to. */
const readAll = ({ store }: Pick<Ports, 'store'>, { run, previous }: CloseRunInput): Promise<ClosedList> =>
  readClosedList(store, {
    runId: run.runId,
    name: closeRunState.name,
    previous: previous.length > 0 ? previous : null,
  });

/** What a run says when it ends; of a rollback that was asked for, what became of the versions. */
const describeEnd = (
  { run, decision, rollback }: CloseRunInput,
  failure: CloseRunInput['failure'],
  remaining: readonly string[],
  server: ServerComparison | undefined,
  instead: { readonly instead?: string },
) =>
  run.rollback
    ? closingOfRollback({ versions: run.rollback.versions, decision, failure, rollback, remaining, ...instead })
    : closingOf({ migration: run.migration, decision, failure, rollback, remaining, ...(server && { server }) });

/** How each version is recorded in the ledger, under the run that applied it. */
const identitiesOf = (run: RunPin): readonly RunIdentity[] => run.rollback?.versions ?? [run];

const close = async (input: CloseRunInput, ports: Ports, { evidence: earlier, strange }: ClosedList) => {
  const { run, rollback } = input;
  const documents = earlier.map(({ document }) => document);
  const remaining = remainingAfterRollback(documents);
  const failure = namingTheState(input.failure, documents);
  const isCommitted = rollback !== null || failure?.committed === true;
  const server = isCommitted || run.rollback ? undefined : await compareWithStep4(ports, run, documents);
  const closing = describeEnd(input, failure, remaining, server, insteadOfRollback(documents));
  const previous = earlier.map(({ ref }) => ref);
  const end = endOf({ isCommitted, rollback: rollback?.outcome ?? null });
  const ends = run.rollback ? endsOfRollback(rollback?.outcome ?? null) : end === null ? [] : [end];
  const reason = closing.cause.slice(0, longestReason);
  const untold = await tellLedger(
    ports,
    run,
    ends.map((state) => ({ state, reason, by: run.runId })),
  );
  const { evidence } = await withEvidence(ports, closeRunState, { run, previous }, async (facts) => {
    facts.put('closing', closing);
    if (server) facts.put('server', server);
    facts.put('failure', failure);
    facts.put('rollback', rollback);
    noteStrange(facts, strange);
    const told = await tellOfApprovals(ports, { ...input, failure }, strange, closing.cause);
    if (told.length > 0) facts.put('told', told);
    const informed = await tellUnreported(ports, { ...input, failure }, documents, closing.cause);
    if (informed.length > 0) facts.put('informed', informed);
    await keepPublicKeys(ports, run.runId);
    const left = [...untold, ...(await tidyUp(ports, run, input.branch ?? branchIn(documents)))];
    const ending: Ending = {
      outcome: outcomeOfClosing(closing),
      cause: closing.cause,
      finishedAt: ports.clock.now().toISOString(),
      entry: await readEntry(ports, run),
      findings: [...findingsOf('unknown-evidence', strange), ...findingsOf('left-behind', left)],
      ...(await linksUntilNow(ports.store, run.runId)),
    };
    try {
      const rendered = await renderReport(ports.store, run, earlier, ending);
      noteLeftBehind(facts, left);
      facts.put('report', factsOfReport(rendered, ending));
    } catch (error) {
      // The run has to be closed all the same.
      noteLeftBehind(facts, [...left, `no report could be made: ${(error as Error).message}`]);
      facts.put('report', null);
    }
    facts.put('belongings', await listBelongings(ports.store, run.runId, closeRunState.name));
    return {};
  });
  return { evidence, closing };
};

/** The ledger row of the run; null also when the database cannot be asked, for a report must be made even then. */
const readEntry = async ({ database }: Pick<Ports, 'database'>, run: RunPin): Promise<Ending['entry']> => {
  const ledger = await database.readLedger({ branchId: 'target' }).catch(() => []);
  const asked = identitiesOf(run).at(-1) ?? run;
  const entry = ledger.find((row) => isRowOf(row, asked));
  if (!entry) return null;
  const { appliedBy, appliedAt, durationMs, rolledBackAt } = entry;
  return { appliedBy, appliedAt, durationMs, rolledBackAt };
};

/** Of what the closing document names; made again where the attempt that closed the run was killed before. */
const writeReportOf = async ({ store }: Pick<Ports, 'store'>, run: RunPin, closing: EvidenceRef): Promise<void> => {
  const document = await readReferenced<EvidenceDocument>(store, closing);
  const ending = endingIn(document);
  if (!ending) return;
  const { documents } = await readRunFolder(store, run.runId);
  const named = documents.filter(({ ref }) => document.previous.includes(ref.sha256));
  await writeReport(store, await renderReport(store, run, named, ending));
};

const hashesOf = ({ evidence }: ClosedList) =>
  evidence
    .map(({ ref }) => ref.sha256)
    .sort()
    .join();

/** More than a state beside the one that failed can write before it hears that the run is closed. */
const mostAttempts = 3;

/**
 * A state beside the one that failed may leave its evidence while the run is being closed, and may not any more when it is: then the
 * run is closed with what it has left.
 */
const closeWithAll = async (input: CloseRunInput, ports: Ports) => {
  for (let attempt = 1; ; attempt += 1) {
    const listed = await readAll(ports, input);
    const closed = await close(input, ports, listed);
    if (attempt === mostAttempts || hashesOf(await readAll(ports, input)) === hashesOf(listed)) return closed;
  }
};

/** Once: whoever closes it again, as a redriven execution does, gets the same closing. */
export const run = async (input: CloseRunInput, ports: Ports): Promise<CloseRunOutput> => {
  const { runId } = input.run;
  const { evidence, closing } = (await readClosing(ports.store, runId)) ?? (await closeWithAll(input, ports));
  await signClosing(ports, evidence);
  await writeReportOf(ports, input.run, evidence);
  return { evidence, ...closing, ...(input.run.rollback && { isTakenBack: isTakenBack(closing) }) };
};
