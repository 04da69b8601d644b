/** One thread for each function, started at its first call and kept, as Lambda keeps a container. */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { awsEnvironment } from './aws-environment';
import type { DeployedFunction } from './deployed';

export type Containers = {
  /** Rejects with what the handler threw, under its own name. */
  call(deployed: DeployedFunction, event: unknown): Promise<unknown>;
  /** Everything that the functions have written to their logs. */
  logs(): string;
  /** Names of the functions that were called. */
  called(): ReadonlySet<string>;
  close(): Promise<void>;
};

type Waiting = { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void };
type Reply = { readonly id: string; readonly result?: string; readonly error?: Error };

export const accessKeyOf = (functionName: string) => `AKIA-${functionName}`;

/** What Lambda itself sets (Developer Guide, "Defined runtime environment variables"), as far as anything reads it. */
const lambdaEnvironment = ({ name, handler, memoryMb, code }: DeployedFunction) => ({
  AWS_REGION: awsEnvironment.region,
  AWS_DEFAULT_REGION: awsEnvironment.region,
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_LAMBDA_FUNCTION_NAME: name,
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
  AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
  AWS_ACCESS_KEY_ID: accessKeyOf(name),
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_SESSION_TOKEN: 'session',
  _HANDLER: handler,
  LAMBDA_TASK_ROOT: code,
  TZ: ':UTC',
  LANG: 'en_US.UTF-8',
  _X_AMZN_TRACE_ID: 'Root=1-6745d1a0-0123456789abcdef01234567;Parent=0123456789abcdef;Sampled=0',
});

const startThread = (deployed: DeployedFunction, endpoints: Readonly<Record<string, string>>) =>
  new Worker(path.join(__dirname, 'function-thread.cjs'), {
    workerData: { code: deployed.code, handler: deployed.handler },
    // Only this: nothing of the environment that the tests run in.
    env: { ...lambdaEnvironment(deployed), ...endpoints, ...deployed.environment },
    // tsx or a reporter that this process was started with is nothing that Lambda has.
    execArgv: [],
    stdout: true,
    stderr: true,
  });

/** `endpoints` are the SDK's own variables. */
export const openContainers = (endpoints: Readonly<Record<string, string>>): Containers => {
  const threads = new Map<string, Worker>();
  const waiting = new Map<string, Waiting>();
  const lines: string[] = [];

  const threadOf = (deployed: DeployedFunction): Worker => {
    const running = threads.get(deployed.name);
    if (running) return running;
    const thread = startThread(deployed, endpoints);
    for (const stream of [thread.stdout, thread.stderr]) stream.on('data', (chunk) => lines.push(String(chunk)));
    thread.on('message', ({ id, result, error }: Reply) => {
      const call = waiting.get(id);
      waiting.delete(id);
      if (error) call?.reject(Object.assign(new Error(error.message), error));
      else call?.resolve(JSON.parse(result ?? 'null'));
    });
    // A bundle that does not load, or ends its process, ends every call.
    thread.on('error', (error) => {
      for (const [id, { reject }] of waiting) if (id.startsWith(`${deployed.name} `)) reject(error as Error);
    });
    threads.set(deployed.name, thread);
    return thread;
  };

  return {
    call: (deployed, event) =>
      new Promise((resolve, reject) => {
        const id = `${deployed.name} ${randomUUID()}`;
        waiting.set(id, { resolve, reject });
        const context = { awsRequestId: randomUUID(), functionName: deployed.name, memoryLimitInMB: deployed.memoryMb };
        threadOf(deployed).postMessage({ id, event, context });
      }),
    logs: () => lines.join(''),
    called: () => new Set(threads.keys()),
    close: async () => {
      await Promise.all([...threads.values()].map((thread) => thread.terminate()));
    },
  };
};
