/** AWS CloudFormation (query protocol, XML): DescribeStacks of one stack. */
import { type Answer, notSpoken, Refused, requireKnown, type Service, type WireRequest } from './wire';

export type CloudFormationDouble = Service & {
  /** Outputs of the stacks that are deployed, by the stack's name. */
  readonly stacks: Map<string, Readonly<Record<string, string>>>;
};

const namespace = 'http://cloudformation.amazonaws.com/doc/2010-05-15/';

const xml = (status: number, body: string): Answer => ({ status, headers: { 'content-type': 'text/xml' }, body });

const describe_ = (name: string, outputs: Readonly<Record<string, string>>) => {
  const members = Object.entries(outputs)
    .map(([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`)
    .join('');
  return `<member><StackName>${name}</StackName><CreationTime>2026-11-01T00:00:00Z</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus><Outputs>${members}</Outputs></member>`;
};

const readForm = ({ body }: WireRequest) => Object.fromEntries(new URLSearchParams(body.toString('utf8')));

export const createCloudFormation = (arnOf: (stackName: string) => string): CloudFormationDouble => {
  const stacks: CloudFormationDouble['stacks'] = new Map();
  return {
    signingName: 'cloudformation',
    stacks,
    denied: { status: 403, code: 'AccessDenied' },
    throttled: { status: 400, code: 'Throttling' },
    answerRefusal: ({ status, code, message }) =>
      xml(
        status,
        `<ErrorResponse xmlns="${namespace}"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
      ),
    understand: (request) => {
      const { Action: name = '', StackName: stackName, ...others } = readForm(request);
      if (name !== 'DescribeStacks' || stackName === undefined) throw notSpoken('CloudFormation', name);
      requireKnown('CloudFormation', name, Object.keys(others), ['Version']);
      return {
        name,
        asks: [{ action: 'cloudformation:DescribeStacks', resource: arnOf(stackName) }],
        perform: () => {
          const outputs = stacks.get(stackName);
          if (!outputs) throw new Refused(400, 'ValidationError', `Stack with id ${stackName} does not exist`);
          return xml(
            200,
            `<DescribeStacksResponse xmlns="${namespace}"><DescribeStacksResult><Stacks>${describe_(stackName, outputs)}</Stacks></DescribeStacksResult></DescribeStacksResponse>`,
          );
        },
      };
    },
  };
};
