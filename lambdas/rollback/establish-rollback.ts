/** Finds out what became of the rollback that a failed run had asked for: it is a run of its own, and its documents say it. */
import { outcomeIn, progressIn } from '#domain/boxes/outcome-of-apply';
import { establishRollback } from '#domain/boxes/rollback-of-run';
import type { Ports } from '#lambdas/ports/ports';
import { readRollbackOfRun } from '#lambdas/record/rollback-of-run';
import { withEvidence } from '#lambdas/record/with-evidence';
import type { EstablishRollbackInput, EstablishRollbackOutput } from '#statemachine/rollback-contract';

const state = { name: 'establish-rollback', title: 'Establish rollback', judges: establishRollback } as const;

export const run = (input: EstablishRollbackInput, ports: Ports): Promise<EstablishRollbackOutput> =>
  withEvidence(ports, state, input, async (facts, earlier) => {
    facts.put('answerBefore', outcomeIn(earlier));
    facts.put('progress', progressIn(earlier));
    const {
      run: rollbackRun,
      rollback,
      isReported,
    } = await readRollbackOfRun(ports.store, input.rollbackRun, input.run.runId);
    facts.put('rollbackRun', rollbackRun);
    return { rollback, isReported };
  });
