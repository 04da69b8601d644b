/** Misfortunes that a test orders: the next requests that fit meet them, the others are served. */
import { Refused, type Service } from './wire';

export type FaultKind =
  /** The service asks to slow down. */
  | 'throttled'
  /** An error of the service's own, 500. */
  | 'failing'
  /** Somebody else wrote the key a moment before (S3, 412). */
  | 'condition lost'
  /** Two conditional writes met (S3, 409). */
  | 'condition in conflict'
  /** It is done, and the connection breaks before the answer. */
  | 'answer lost';

export type Fault = { readonly operation: string; readonly kind: FaultKind; readonly times: number };

const refusals: Readonly<Record<Exclude<FaultKind, 'answer lost'>, (service: Service) => Refused>> = {
  throttled: ({ throttled: { status, code } }) => new Refused(status, code, 'Rate exceeded'),
  failing: () => new Refused(500, 'InternalError', 'We encountered an internal error. Please try again.'),
  'condition lost': () =>
    new Refused(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold'),
  'condition in conflict': () =>
    new Refused(
      409,
      'ConditionalRequestConflict',
      'The conditional request cannot succeed due to a conflicting operation against this resource.',
    ),
};

export const createFaults = () => {
  const waiting: { operation: string; kind: FaultKind; times: number }[] = [];
  const take = (operation: string): FaultKind | null => {
    const found = waiting.find((fault) => fault.operation === operation && fault.times > 0);
    if (!found) return null;
    found.times -= 1;
    return found.kind;
  };
  return {
    order: (fault: Fault) => void waiting.push({ ...fault }),
    /** Throws the refusal that is due; true when the answer shall be lost. */
    meet: (service: Service, operation: string): boolean => {
      const kind = take(operation);
      if (kind === null) return false;
      if (kind === 'answer lost') return true;
      throw refusals[kind](service);
    },
  };
};
