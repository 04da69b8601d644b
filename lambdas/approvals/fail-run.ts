/** Ends a run whose question or answers are not believed. A file of its own: whoever only delivers answers may not do that. */
import type { Stage } from '#domain/approvals/stages';
import { type ApprovalInvalid, TaskNoLongerWaiting } from '#domain/errors';
import type { Ports } from '#lambdas/ports/ports';
import { readTaskToken } from './deliver-decision';

/** What was asked cannot be believed any more: the run ends now, not when its time is up. */
export const failRun = async (
  ports: Pick<Ports, 'store' | 'secrets' | 'callback'>,
  of: { readonly runId: string; readonly stage: Stage },
  { name, message }: ApprovalInvalid,
): Promise<void> => {
  try {
    await ports.callback.fail(await readTaskToken(ports, of), { name, cause: message });
  } catch (error) {
    if (!(error instanceof TaskNoLongerWaiting)) throw error;
  }
};
