import type { FailState } from '../definition';
import { StateFailed } from '../errors';
import { evaluateAs, textValue } from '../expressions';
import { bindingsOf } from '../frame';
import type { StateRunner } from './runner';

export const runFail: StateRunner<FailState> = async (frame, visit) => {
  const { Error: error, Cause: cause } = visit.state;
  const bindings = bindingsOf(frame, visit);
  throw new StateFailed({
    ...(error !== undefined && { error: await evaluateAs(error, bindings, 'Error', textValue) }),
    ...(cause !== undefined && { cause: await evaluateAs(cause, bindings, 'Cause', textValue) }),
  });
};
