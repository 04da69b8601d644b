/** After a failed or interrupted Step 8: asks the ledger, and the restart points, what became of it. */
import { establishOutcome } from '#domain/boxes/08-apply-migration';
import { isPassing, mostAttemptsAgain } from '#domain/ledger/interruption';
import { progressInWords } from '#domain/ledger/progress';
import { messageOf } from '#domain/reports/closing';
import { shortened } from '#domain/shorten';
import type { Ports } from '#lambdas/ports/ports';
import { withEvidence } from '#lambdas/record/with-evidence';
import type { ApplyInterruption, EstablishOutcomeInput, EstablishOutcomeOutput, Failure } from '#statemachine/contract';

const state = { name: '08-establish-outcome', title: 'Establish outcome', judges: establishOutcome } as const;

const tryAgain = (
  before: readonly ApplyInterruption[],
  { error, cause }: Failure,
  outcome: ApplyInterruption['outcome'],
): Pick<EstablishOutcomeOutput, 'interruptions' | 'mayTryAgain'> => {
  if (!isPassing(error)) return { interruptions: before, mayTryAgain: false };
  const interruptions = [...before, { error, message: shortened(messageOf(cause), 500), outcome }];
  return { interruptions, mayTryAgain: interruptions.length <= mostAttemptsAgain };
};

export const run = (input: EstablishOutcomeInput, ports: Ports): Promise<EstablishOutcomeOutput> =>
  withEvidence(ports, state, input, async (facts) => {
    const { failure } = input;
    facts.put('failure', failure);
    const { entry, progress } = await ports.database.establishOutcome({ branchId: 'target' }, input.run);
    facts.put('entry', entry);
    facts.put('progress', progress);
    const before = input.interruptions ?? [];
    if (entry) return { outcome: 'committed' as const, failure, interruptions: before, mayTryAgain: false };
    const outcome = progress ? ('partly applied' as const) : ('not committed' as const);
    const again = tryAgain(before, failure, outcome);
    facts.put('interruptions', again.interruptions);
    if (!progress) return { outcome, failure, ...again };
    const standing = progressInWords(progress);
    return { outcome, failure: { ...failure, committed: true, standing }, ...again };
  });
