/** Turns a `run` into a Lambda handler: ports made once per container, one log line per call, errors under their own names. */
import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import { shortenMessage } from '#domain/shorten';
import { checklist, namesOf } from '#lambdas/checklist';
import type { Ports } from '#lambdas/ports/ports';
import { rememberSuccess } from './remember-success';
import type { Watch } from './watch-call';

export type Run<Input, Output> = (input: Input, ports: Ports) => Promise<Output>;

export type HandlerParts = {
  readonly makePorts: () => Promise<Ports>;
  /** The checklist's name of the function, for example `BackupDatabase`. */
  readonly functionName: string;
  readonly logger?: Logger;
  /** Left out: only the log line. */
  readonly watch?: Watch;
};

export const unwatched: Watch = (_, work) => work();

/** Null for the entry points that are not steps. */
const stepNumberOf = (functionName: string) =>
  checklist.find((step) => namesOf(step).functionName === functionName)?.number ?? null;

/** The only part of an input that is logged. The rest may hold task tokens. */
const runIdOf = (input: unknown): string | null => {
  const { run, runId, execution } = (input ?? {}) as {
    readonly run?: { readonly runId?: unknown };
    readonly runId?: unknown;
    readonly execution?: { readonly name?: unknown };
  };
  const found = run?.runId ?? runId ?? execution?.name;
  return typeof found === 'string' ? found : null;
};

/** One line at the end of every call. Errors pass on under their names, which the state machine matches. */
export const withLogLine = async <T>(
  logger: Logger,
  facts: Readonly<Record<string, string | number | null>>,
  work: () => Promise<T>,
): Promise<T> => {
  const startedMs = performance.now();
  const durationMs = () => Math.round(performance.now() - startedMs);
  try {
    const result = await work();
    logger.info('done', { ...facts, durationMs: durationMs() });
    return result;
  } catch (error) {
    shortenMessage(error);
    const { name, message } = error as Error;
    logger.error('failed', { ...facts, durationMs: durationMs(), errorName: name, errorMessage: message });
    throw error;
  }
};

export const onLambda = <Input, Output>(
  run: Run<Input, Output>,
  { makePorts, functionName, watch = unwatched, logger = new Logger({ serviceName: functionName }) }: HandlerParts,
): ((input: Input, context: Pick<Context, 'awsRequestId'>) => Promise<Output>) => {
  const ports = rememberSuccess(makePorts);
  const step = stepNumberOf(functionName);
  return (input, context) => {
    const runId = runIdOf(input);
    return withLogLine(logger, { function: functionName, step, runId, requestId: context.awsRequestId }, () =>
      watch({ functionName, runId }, async () => run(input, await ports())),
    );
  };
};
