/** AWS Step Functions (JSON 1.0): answers to waiting tasks, and the list of executions. The permission is looked at here, the answer goes to the local engine. */
import { jsonRefusal, targetOf } from './json-service';
import { type Answer, notSpoken, type Service, type WireRequest } from './wire';

const contentType = 'application/x-amz-json-1.0';

const spoken = ['SendTaskSuccess', 'SendTaskFailure', 'ListExecutions'];

export type StepFunctionsOptions = {
  readonly stateMachineArn: string;
  /** Where the engine that waits serves its API. */
  readonly engineUrl: () => string;
};

const passOn = async (engineUrl: string, { headers, body }: WireRequest): Promise<Answer> => {
  const answer = await fetch(`${engineUrl}/`, {
    method: 'POST',
    headers: { 'content-type': contentType, 'x-amz-target': String(headers['x-amz-target']) },
    body: new Uint8Array(body),
  });
  return {
    status: answer.status,
    headers: { 'content-type': contentType },
    body: Buffer.from(await answer.arrayBuffer()),
  };
};

export const createStepFunctions = ({ stateMachineArn, engineUrl }: StepFunctionsOptions): Service => ({
  signingName: 'states',
  answerRefusal: jsonRefusal(contentType),
  denied: { status: 400, code: 'AccessDeniedException' },
  throttled: { status: 400, code: 'ThrottlingException' },
  understand: (request) => {
    const name = targetOf(request, 'AWSStepFunctions');
    if (name === null || !spoken.includes(name))
      throw notSpoken('Step Functions', String(request.headers['x-amz-target']));
    return {
      name,
      asks: [{ action: `states:${name}`, resource: stateMachineArn }],
      perform: () => passOn(engineUrl(), request),
    };
  },
});
