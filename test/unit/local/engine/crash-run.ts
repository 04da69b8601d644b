/** A run with everything a crash can hit: a question beside a call that is retried, a wait, a loop over items. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type ExecutionDescription, openEngine } from '#local/engine/engine';
import { ask, handlers, invoke, machine, Named } from './support';

const branch = (name: string, state: unknown) => ({ StartAt: name, States: { [name]: state } });

const definition = machine({
  Both: {
    Type: 'Parallel',
    Branches: [
      branch('Ask', ask('ask', { TimeoutSeconds: 1_000, End: true })),
      branch(
        'Shaky',
        invoke(
          'shaky',
          {
            Retry: [{ ErrorEquals: ['Busy'], JitterStrategy: 'FULL' }],
            Output: '{% $states.result.Payload %}',
            End: true,
          },
          { attempt: '{% $states.context.State.RetryCount %}' },
        ),
      ),
    ],
    Assign: { both: '{% $states.result %}' },
    Next: 'Pause',
  },
  Pause: { Type: 'Wait', Seconds: 0, Next: 'Each' },
  Each: {
    Type: 'Map',
    Items: '{% [1] %}',
    MaxConcurrency: 1,
    ItemProcessor: branch(
      'Item',
      invoke('item', { Output: '{% $states.result.Payload %}', End: true }, { n: '{% $states.input %}' }),
    ),
    Next: 'Last',
  },
  Last: { Type: 'Succeed', Output: { both: '{% $both %}', items: '{% $states.input %}' } },
});

export const expectedOutput = { both: ['yes', 'steady'], items: [10] };

/** Every attempt of the run: the function's call, and how its journal keys show that it has finished. */
export const attempts: readonly { readonly call: string; readonly finished: RegExp }[] = [
  { call: 'ask', finished: /^0\.0\/0\/0\.0:(submitted|answer)$/ },
  { call: 'shaky 0', finished: /^0\.0\/1\/0\.0:outcome$/ },
  { call: 'shaky 1', finished: /^0\.0\/1\/0\.1:outcome$/ },
  { call: 'item 1', finished: /^2\.0\/0\/0\.0:outcome$/ },
];

const linesOf = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []);

/** What was called, in order, by every process that ran on the directory. */
export const callsOf = (directory: string) => linesOf(path.join(directory, 'calls'));
export const tokensOf = (directory: string) => linesOf(path.join(directory, 'tokens'));

/** Starts the execution, or goes on with the one that is there, and answers the question when it is asked. */
export const runToEnd = async (directory: string): Promise<ExecutionDescription> => {
  const log = (file: string, line: string) => appendFileSync(path.join(directory, file), `${line}\n`);
  const engine = await openEngine({
    definition,
    stateMachineName: 'Crash',
    journalDirectory: path.join(directory, 'journals'),
    random: () => 0,
    invoke: handlers({
      ask: ({ token }: { token: string }) => {
        log('calls', 'ask');
        log('tokens', token);
      },
      shaky: ({ attempt }: { attempt: number }) => {
        log('calls', `shaky ${attempt}`);
        if (attempt === 0) throw new Named('Busy');
        return 'steady';
      },
      item: ({ n }: { n: number }) => {
        log('calls', `item ${n}`);
        return n * 10;
      },
    }),
  });
  try {
    engine.subscribe(({ kind }) => {
      if (kind !== 'WaitingForToken') return;
      // After a crash the question may have been answered already.
      engine.sendTaskSuccess(tokensOf(directory).at(-1) ?? '', 'yes').catch((error: Error) => {
        if (error.name !== 'TaskTimedOut') throw error;
      });
    });
    const [running] = await engine.listExecutions();
    const executionArn =
      running?.executionArn ?? (await engine.startExecution({ name: 'one', input: {} })).executionArn;
    return await engine.waitFor(executionArn);
  } finally {
    await engine.close();
  }
};
