/** The good end of a run: everything tidied up, the report written, the sign-off returned as the execution's output. */
import type { SignOff, SignOffInput, SignOffOutput } from '../../statemachine/contract';
import { VerificationFailed } from '../domain/errors';
import { readEvidenceWithRefs, withEvidence } from '../evidence';
import type { Ports } from '../ports';
import { tidyUp } from './tidy-up';
import { writeReport } from './write-report';

export const run = async (input: SignOffInput, ports: Ports): Promise<SignOffOutput> => {
  const { run: pin } = input;
  // All of it: the sign-off is also the list of what belongs to the run.
  const previous = (await readEvidenceWithRefs(ports.store, pin.runId)).map(({ ref }) => ref);
  const state = { name: 'sign-off', title: 'Sign off' };
  const { evidence } = await withEvidence(ports, state, { run: pin, previous }, async (notes) => {
    notes.fact('leftBehind', await tidyUp(ports, pin.runId, input.branch));
    return {};
  });
  const { report, key } = await writeReport(ports, pin, { outcome: 'signed off', cause: null });
  const { appliedBy, appliedAt, executionTimeMs, issuesFound, rollbackTested } = report.signOff;
  if (appliedBy === null || appliedAt === null)
    throw new VerificationFailed(`the ledger has no row of run ${pin.runId}: it cannot be signed off`);
  const signOff: SignOff = {
    ...{ migration: pin.migration, runId: pin.runId, appliedBy, date: appliedAt, environment: 'staging' },
    ...{ executionTimeMs, issuesFound, rollbackTested, approvedForProduction: false, report: key },
  };
  return { evidence, signOff };
};
