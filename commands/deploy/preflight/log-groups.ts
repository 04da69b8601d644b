/** Reads whether the application's log groups exist: the last stack puts metric filters on them, and fails without them. */
import { type CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { Config } from '#infra/config';
import type { Check } from './check';

/** No request takes an exact name. Answers are sorted by name, so the group with exactly this name is on the first page. */
const isThere = async (client: CloudWatchLogsClient, name: string): Promise<boolean> => {
  const { logGroups = [] } = await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: name }));
  return logGroups.some(({ logGroupName }) => logGroupName === name);
};

export const logGroupChecks = (client: CloudWatchLogsClient, config: Config): readonly Check[] =>
  config['monitor.logGroups'].map((name) => ({
    title: `the log group ${name}`,
    look: async () =>
      (await isThere(client, name))
        ? []
        : [
            `there is no log group "${name}" in ${config['installation.region']}; correct the name in monitor.logGroups, or deploy the application that writes it first`,
          ],
  }));
