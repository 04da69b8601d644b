import { SendTaskFailureCommand, SendTaskSuccessCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { PlatformFailed, TaskNoLongerWaiting } from '#domain/errors';
import type { TaskCallback } from '#lambdas/ports/people';
import { describeFailure, isNamed } from './aws-failure';

/** Step Functions' limits of an error name and a cause, in characters (API reference of SendTaskFailure). */
const maximumErrorLength = 256;
const maximumCauseLength = 32_768;

/** The service's message may quote the token, which must appear nowhere: so no cause, and the token cut out. */
const translate = (error: unknown, taskToken: string) =>
  isNamed(error, 'TaskDoesNotExist', 'TaskTimedOut', 'InvalidToken')
    ? new TaskNoLongerWaiting(
        `the waiting task is gone (${(error as Error).name}): it was answered before, its time was over, or its execution ended; look at the execution's history`,
      )
    : new PlatformFailed(
        `Step Functions did not accept the answer: ${describeFailure(error).replaceAll(taskToken, '(task token)')}`,
      );

/** Answers waiting tasks; with a client for another endpoint it answers the local engine. */
export const createStepFunctionsCallback = (client: SFNClient): TaskCallback => ({
  succeed: async (taskToken, output) => {
    try {
      await client.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output ?? null) }));
    } catch (error) {
      throw translate(error, taskToken);
    }
  },
  fail: async (taskToken, { name, cause }) => {
    try {
      await client.send(
        new SendTaskFailureCommand({
          taskToken,
          error: name.slice(0, maximumErrorLength),
          cause: cause.slice(0, maximumCauseLength),
        }),
      );
    } catch (error) {
      throw translate(error, taskToken);
    }
  },
});
