/** Adds metrics and a trace to every call of a deployed function. Tests and the local runtime do without. */
import { publishCall } from './call-metrics';
import { type Call, traceCall } from './trace-call';

export type Watch = <T>(call: Call, work: () => Promise<T>) => Promise<T>;

const deployedName = ({ functionName }: Call) => process.env['AWS_LAMBDA_FUNCTION_NAME'] ?? functionName;

export const watchCall: Watch = async (call, work) => {
  const startedMs = performance.now();
  const publish = (errorName: string | null) =>
    publishCall({
      functionName: deployedName(call),
      durationMs: Math.round(performance.now() - startedMs),
      errorName,
    });
  try {
    const result = await traceCall(call, work);
    publish(null);
    return result;
  } catch (error) {
    publish((error as Error).name);
    throw error;
  }
};
