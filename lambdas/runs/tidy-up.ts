/** Takes away what a run holds while it goes on: schedule, branch, lease. Every part is tried even when another fails. */
import type { Finding } from '#domain/evidence/document';
import type { Ports } from '#lambdas/ports/ports';
import type { Gathered } from '#lambdas/record/with-evidence';
import type { BranchRef, RunPin } from '#statemachine/contract';

/** Of attempts that were killed: a copy half made, a restore, a trial. Those that ended have taken theirs away. */
const scratchesOf = (runId: string, branch: BranchRef | null) =>
  [...(branch ? [] : ['rehearsal']), 'restore', 'trial', 'trial-up'].map((what) => `${what}-${runId}`);

/** What could not be taken away, one sentence each; empty is good. */
export const tidyUp = async (ports: Ports, run: RunPin, branch: BranchRef | null): Promise<readonly string[]> => {
  const { runId } = run;
  const work: readonly (readonly [string, () => Promise<void>])[] = [
    [`schedule monitor-${runId}`, () => ports.schedule.remove(`monitor-${runId}`)],
    ...(branch ? [[`branch ${branch.name}`, () => ports.platform.deleteBranch(branch.branchId)] as const] : []),
    [
      'scratch databases of the run',
      () => ports.database.dropScratches({ branchId: 'target' }, scratchesOf(runId, branch)),
    ],
    ["the target's lease", () => ports.database.releaseLease({ branchId: 'target' }, run)],
  ];
  const left = await Promise.all(
    work.map(async ([what, remove]) => {
      try {
        await remove();
        return [];
      } catch (error) {
        return [`${what} could not be removed: ${(error as Error).message}`];
      }
    }),
  );
  return left.flat();
};

/** What lies in the run's folder and is not of it: it was not counted, and whoever reads the report is told. */
export const noteStrange = (
  facts: Pick<Gathered<{ readonly strange?: readonly string[] }>, 'put' | 'find'>,
  strange: readonly string[],
): void => {
  facts.put('strange', strange);
  facts.find(...findingsOf('unknown-evidence', strange));
};

/** What should be before the eyes of whoever reads the report. */
export const findingsOf = (rule: 'left-behind' | 'unknown-evidence', messages: readonly string[]): readonly Finding[] =>
  messages.map((message) => ({ rule, message, line: null }));

/** Puts it into the evidence and, as findings, before the eyes of whoever reads the report. */
export const noteLeftBehind = (
  facts: Pick<Gathered<{ readonly leftBehind: readonly string[] }>, 'put' | 'find'>,
  left: readonly string[],
): void => {
  facts.put('leftBehind', left);
  facts.find(...findingsOf('left-behind', left));
};
