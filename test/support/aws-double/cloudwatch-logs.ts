/** Amazon CloudWatch Logs (JSON 1.1): DescribeLogGroups by the beginning of a name, one page. */
import { jsonAnswer, jsonRefusal, readJson, targetOf } from './json-service';
import { notSpoken, requireKnown, type Service } from './wire';

const contentType = 'application/x-amz-json-1.1';

/** What a page holds unless more is asked for. */
const pageSize = 50;

export type CloudWatchLogsDouble = Service & { readonly logGroups: Set<string> };

/** `arnOf` is what the account and region make of a log group's name. */
export const createCloudWatchLogs = (arnOf: (logGroup: string) => string): CloudWatchLogsDouble => {
  const logGroups = new Set<string>();
  return {
    signingName: 'logs',
    logGroups,
    answerRefusal: jsonRefusal(contentType),
    denied: { status: 400, code: 'AccessDeniedException' },
    throttled: { status: 400, code: 'ThrottlingException' },
    understand: (request) => {
      const name = targetOf(request, 'Logs_20140328');
      if (name !== 'DescribeLogGroups') throw notSpoken('CloudWatch Logs', String(request.headers['x-amz-target']));
      const input = readJson(request);
      requireKnown('CloudWatch Logs', name, Object.keys(input), ['logGroupNamePrefix']);
      const prefix = String(input['logGroupNamePrefix']);
      return {
        name,
        asks: [{ action: 'logs:DescribeLogGroups', resource: arnOf('*') }],
        perform: () => {
          const found = [...logGroups].filter((logGroup) => logGroup.startsWith(prefix)).sort();
          const page = found.slice(0, pageSize).map((logGroupName) => ({ logGroupName, arn: arnOf(logGroupName) }));
          return jsonAnswer({ logGroups: page, ...(found.length > pageSize && { nextToken: 'more' }) }, contentType);
        },
      };
    },
  };
};
