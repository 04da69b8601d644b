/** Who asks for a rollback: a person, or the run of the version itself after it has failed. */
import { whyNobodyCanRollBack } from '#domain/approvals/on-call';
import { nobodyCanApprove } from '#domain/approvals/person';
import { InvalidInput, MigrationRefused, TargetIsBusy } from '#domain/errors';
import type { LedgerEntry } from '#domain/ledger/ledger';
import type { Ports } from '#lambdas/ports/ports';
import { requirePin } from '#lambdas/record/approval';
import { readEnd } from '#lambdas/record/closing';
import type { Failure, RunPin } from '#statemachine/contract';
import type { RollbackInput } from '#statemachine/rollback-contract';

const target = { branchId: 'target' } as const;

export type Asker = Pick<RunPin, 'startedBy' | 'pullRequest'> & {
  readonly author: string | null;
  /** What the question, and the incident report, name. */
  readonly failure: Failure;
  /** Null where a person asks. */
  readonly failedRun: RunPin | null;
};

/** Its pin is compared with its folder's: what the workflow passes on is what was pinned. Errors: ApprovalInvalid, MigrationRefused. */
const requireOpenRun = async ({ store }: Pick<Ports, 'store'>, run: RunPin) => {
  await requirePin({ store }, run);
  const end = await readEnd(store, run.runId);
  if (end !== null)
    throw new MigrationRefused(
      `run ${run.runId} has ended (${end.replace(/\.$/, '')}), so it asks for nothing any more; leave "failedRun" out and ask for the rollback yourself`,
    );
};

export const findAsker = async (ports: Pick<Ports, 'store'>, request: RollbackInput): Promise<Asker> => {
  const { failedRun, startedBy, because } = request;
  if (failedRun === null)
    return {
      startedBy: startedBy ?? 'not named',
      author: null,
      pullRequest: null,
      failure: {
        state: 'A person',
        error: 'RollbackRequested',
        cause: because ?? 'nobody said why',
        committed: true,
      },
      failedRun: null,
    };
  await requireOpenRun(ports, failedRun.run);
  const { run, failure } = failedRun;
  return {
    startedBy: run.startedBy,
    author: run.author ?? null,
    pullRequest: run.pullRequest,
    failure,
    failedRun: run,
  };
};

/** So that nothing is rehearsed that nobody could approve. Errors: InvalidInput, MigrationRefused. */
export const requirePeople = (
  { startedBy: named, migration }: RollbackInput,
  { startedBy, author, failedRun }: Asker,
  { settings }: Pick<Ports, 'settings'>,
): void => {
  const needed = settings.approvalsNeeded.rollback;
  if (failedRun === null && named === null && needed < 2)
    throw new InvalidInput(
      '"startedBy" is missing, and one person alone may approve a rollback: name who asks for it, as a mail address such as ada@example.org, so that they are not the one; or let two people approve',
    );
  const people = { approvers: settings.approvers.rollback, onCall: settings.onCall };
  const why = whyNobodyCanRollBack(people, { startedBy, author }, needed);
  if (why !== null) throw new MigrationRefused(nobodyCanApprove('rollback', failedRun?.migration ?? migration, why));
};

/** Its own run asks itself when it fails, with what it has seen: two questions about one version would be one too many. */
export const refuseBesideOwnRun = async (
  { database, clock }: Pick<Ports, 'database' | 'clock'>,
  entries: readonly LedgerEntry[],
  { failedRun }: Asker,
): Promise<void> => {
  const { lease } = await database.readTargetState(target);
  const own = entries.find(({ runId }) => runId === lease?.runId);
  if (!lease || lease.isExpired || !own || own.runId === failedRun?.runId) return;
  throw new TargetIsBusy(
    `run ${own.runId} of ${own.migration} still goes on and holds the target since ${lease.acquiredAt} (now ${clock.now().toISOString()}): it watches what it has applied, and asks whether to roll it back when an alarm is raised. Stop that run, or wait for its end, then ask again`,
  );
};
