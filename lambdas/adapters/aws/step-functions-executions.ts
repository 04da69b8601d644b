import { ListExecutionsCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { PlatformFailed } from '#domain/errors';
import type { Executions } from '#lambdas/ports/people';
import { describeFailure } from './aws-failure';

const runningOf = async (client: SFNClient, stateMachineArn: string): Promise<readonly string[]> => {
  const names: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await client
      .send(new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING', ...(nextToken && { nextToken }) }))
      .catch((cause: unknown) => {
        throw new PlatformFailed(`Step Functions did not list the executions: ${describeFailure(cause)}`, { cause });
      });
    names.push(...(page.executions ?? []).flatMap(({ name }) => name ?? []));
    nextToken = page.nextToken;
  } while (nextToken);
  return names;
};

/** Asks Step Functions; with a client for another endpoint, the local engine. */
export const createStepFunctionsExecutions = (client: SFNClient, stateMachineArns: readonly string[]): Executions => ({
  listRunning: async () => {
    const lists = await Promise.all(stateMachineArns.map((arn) => runningOf(client, arn)));
    return [...new Set(lists.flat())];
  },
});
