/**
 * Puts a call into the trace that Lambda has begun, with its run, so that X-Ray finds all calls of a run. X-Ray's library takes
 * 70 to 100 ms to load and only one call in many is traced: so only the traced calls load it.
 */

export type Call = { readonly functionName: string; readonly runId: string | null };

/** Lambda's variable, set again for every call: `Root=…;Parent=…;Sampled=1`. */
const isTraced = () => /Sampled=1/.test(process.env['_X_AMZN_TRACE_ID'] ?? '');

const openTracer = async (serviceName: string) => {
  const { Tracer } = await import('@aws-lambda-powertools/tracer');
  // Not the requests: the address of a chat's webhook is a secret, and a trace would hold it.
  return new Tracer({ serviceName, captureHTTPsRequests: false });
};

type Opened = { close(error: Error | null): void };

/** Null when there is nothing to add to. */
const open = async ({ functionName, runId }: Call): Promise<Opened | null> => {
  const tracer = await openTracer(functionName);
  const segment = tracer.getSegment();
  if (!segment) return null;
  const subsegment = segment.addNewSubsegment(`## ${functionName}`);
  tracer.setSegment(subsegment);
  if (runId) tracer.putAnnotation('runId', runId);
  return {
    close: (error) => {
      // The name and not the message, which may quote SQL.
      if (error) tracer.putAnnotation('errorName', error.name);
      if (error) subsegment.addFaultFlag();
      subsegment.close();
      tracer.setSegment(segment);
    },
  };
};

/** Makes the call and returns its outcome, also when tracing fails. */
export const traceCall = async <T>(call: Call, work: () => Promise<T>): Promise<T> => {
  const opened = isTraced() ? await open(call).catch(() => null) : null;
  try {
    const result = await work();
    opened?.close(null);
    return result;
  } catch (error) {
    opened?.close(error as Error);
    throw error;
  }
};
