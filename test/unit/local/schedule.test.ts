import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ScheduledFunction } from '#lambdas/ports/people';
import { createLocalSchedule, type LocalSchedule } from '#local/schedule';
import { withFolder } from '#test/support/with-folder';

/** 5 ms: every call is awaited as it comes, so nothing is slower for it and nothing depends on it. */
const everySeconds = 0.005;
const inAMinute = () => new Date(Date.now() + 60_000);

/** Resolves at the n-th call, counted over the whole life of the schedule. */
const countedCalls = (onCall: (number: number) => Promise<void> = async () => undefined) => {
  const calls: unknown[] = [];
  const functions: ScheduledFunction[] = [];
  const waiting = new Map<number, () => void>();
  return {
    calls,
    functions,
    invoke: async (input: unknown, called: ScheduledFunction) => {
      calls.push(input);
      functions.push(called);
      waiting.get(calls.length)?.();
      await onCall(calls.length);
    },
    reach: (number: number) =>
      calls.length >= number ? Promise.resolve() : new Promise<void>((resolve) => waiting.set(number, resolve)),
  };
};

type Opened = ReturnType<typeof countedCalls> & {
  readonly schedule: LocalSchedule;
  readonly errors: [string, string][];
};

/** A schedule on this folder for the length of the callback. */
const withSchedule = async (
  directory: string,
  work: (opened: Opened) => Promise<void>,
  onCall?: (number: number) => Promise<void>,
) => {
  const counted = countedCalls(onCall);
  const errors: [string, string][] = [];
  const schedule = createLocalSchedule({
    directory,
    invoke: counted.invoke,
    onError: (name, { message }) => errors.push([name, message]),
  });
  try {
    await work({ ...counted, schedule, errors });
  } finally {
    await schedule.close();
  }
};

const entry = (differing: { readonly until?: Date; readonly name?: string } = {}) => ({
  name: 'monitor-run-1',
  calls: 'SampleActivity' as const,
  everySeconds,
  until: inAMinute(),
  input: { runId: 'run-1' },
  ...differing,
});

test('it calls again and again with its input', () =>
  withFolder((directory) =>
    withSchedule(path.join(directory, 'made', 'when-needed'), async ({ schedule, reach, calls }) => {
      await schedule.create(entry());

      await reach(3);

      expect(calls.slice(0, 3)).toEqual([{ runId: 'run-1' }, { runId: 'run-1' }, { runId: 'run-1' }]);
    }),
  ));

test('a call that fails is reported by name and followed by the next', () =>
  withFolder((directory) =>
    withSchedule(
      directory,
      async ({ schedule, reach, errors }) => {
        await schedule.create(entry());

        await reach(2);

        expect(errors).toEqual([['monitor-run-1', 'no answer']]);
      },
      async (number) => {
        if (number === 1) throw new Error('no answer');
      },
    ),
  ));

test('the same name twice is one schedule', () =>
  withFolder((directory) => {
    let finish = () => {};
    const held = new Promise<void>((resolve) => {
      finish = resolve;
    });
    return withSchedule(
      directory,
      async ({ schedule, reach, calls }) => {
        await schedule.create(entry());
        await schedule.create(entry());
        await schedule.create({ ...entry({ name: 'monitor-other' }), input: 'other' });

        // The first call is held, so a second timer of the same name would show before the other one's third call.
        await reach(4);

        expect(calls.filter((input) => input !== 'other')).toHaveLength(1);
        finish();
      },
      (number) => (number === 1 ? held : Promise.resolve()),
    );
  }));

test('a removed schedule calls no more, and a new start knows nothing of it', () =>
  withFolder(async (directory) => {
    await withSchedule(directory, async ({ schedule, reach, calls }) => {
      await schedule.create(entry());
      await reach(1);
      await schedule.remove('monitor-run-1');
      const count = calls.length;
      await schedule.close();
      expect(calls).toHaveLength(count);
    });

    expect(await readdir(directory)).toEqual([]);
  }));

test('removing what is not there is no error', () =>
  withFolder((directory) => withSchedule(directory, ({ schedule }) => schedule.remove('monitor-gone'))));

test('a call may remove its own schedule', () =>
  withFolder(async (directory) => {
    let removeIt = async () => {};
    await withSchedule(
      directory,
      async ({ schedule, reach, calls }) => {
        removeIt = () => schedule.remove('monitor-run-1');
        await schedule.create(entry());
        await reach(1);
        await schedule.close();
        expect(calls).toHaveLength(1);
      },
      () => removeIt(),
    );

    expect(await readdir(directory)).toEqual([]);
  }));

test('one that is made again in the last call of the one that was removed goes on', () =>
  withFolder(async (directory) => {
    let makeAgain = async () => {};
    await withSchedule(
      directory,
      async ({ schedule, reach }) => {
        makeAgain = async () => {
          await schedule.remove('monitor-run-1');
          await schedule.create(entry());
        };
        await schedule.create(entry());
        await reach(3);
        expect(await readdir(directory)).toEqual(['monitor-run-1.json']);
      },
      (number) => (number === 1 ? makeAgain() : Promise.resolve()),
    );
  }));

test('a schedule that has come to its end leaves no file', () =>
  withFolder(async (directory) => {
    await withSchedule(directory, async ({ schedule, reach }) => {
      const ended = reach(1);
      await schedule.create(entry({ until: new Date(Date.now() + 1) }));
      await ended;
      // Resolves only when the loop is through; one that is over is not aborted any more.
      while ((await readdir(directory)).length > 0) await new Promise(setImmediate);
    });
  }));

test('a schedule that was closed continues with the next process', () =>
  withFolder(async (directory) => {
    await withSchedule(directory, ({ schedule }) => schedule.create(entry()));

    await withSchedule(directory, async ({ schedule, reach, calls }) => {
      await schedule.resume();
      await reach(2);
      expect(calls[0]).toEqual({ runId: 'run-1' });
    });
  }));

test('one whose end passed while no process was there is called once more, then gone', () =>
  withFolder(async (directory) => {
    const definition = { ...entry(), everySeconds: 3600, until: new Date(Date.now() - 3_600_000).toISOString() };
    await writeFile(path.join(directory, 'monitor-run-1.json'), JSON.stringify(definition));

    await withSchedule(directory, async ({ schedule, reach, calls }) => {
      await schedule.resume();
      await reach(1);
      while ((await readdir(directory)).length > 0) await new Promise(setImmediate);
      expect(calls).toHaveLength(1);
    });
  }));

test('what an earlier version left, which names no function, goes on with its samples', () =>
  withFolder(async (directory) => {
    const { calls: _, ...definition } = { ...entry(), until: inAMinute().toISOString() };
    await writeFile(path.join(directory, 'monitor-run-1.json'), JSON.stringify(definition));

    await withSchedule(directory, async ({ schedule, reach, functions }) => {
      await schedule.resume();
      await reach(1);
      expect(functions[0]).toBe('SampleActivity');
    });
  }));

const daily = (from: Date) => ({
  ...entry({ name: 'post-mortem-run-1' }),
  calls: 'RemindPostMortem' as const,
  everySeconds: 86_400,
  from,
});

test('what begins later calls its function first at that hour, not an interval later', () =>
  withFolder((directory) =>
    withSchedule(directory, async ({ schedule, reach, functions, calls }) => {
      await schedule.create(daily(new Date(Date.now() + 20)));
      expect(calls).toEqual([]);

      await reach(1);

      expect(functions).toEqual(['RemindPostMortem']);
    }),
  ));

test('one whose hour passed while no process was there is called at the next start, and one whose hour is to come is not', () =>
  withFolder(async (directory) => {
    await withSchedule(directory, async ({ schedule, calls }) => {
      await schedule.create(daily(new Date(Date.now() + 30_000)));
      expect(calls).toEqual([]);
    });
    const file = path.join(directory, 'post-mortem-run-1.json');
    const kept = JSON.parse(await readFile(file, 'utf8')) as object;

    await withSchedule(directory, async ({ schedule, calls }) => {
      await schedule.resume();
      await new Promise(setImmediate);
      expect(calls).toEqual([]);
    });
    await writeFile(file, JSON.stringify({ ...kept, from: new Date(Date.now() - 3_600_000).toISOString() }));
    await withSchedule(directory, async ({ schedule, reach, calls }) => {
      await schedule.resume();
      await reach(1);
      await new Promise(setImmediate);
      expect(calls).toHaveLength(1);
    });
  }));

test('half a definition of a killed process is not taken for one', () =>
  withFolder(async (directory) => {
    await mkdir(path.join(directory, 'schedules'));
    await writeFile(path.join(directory, 'schedules', 'monitor-run-1.json.new'), '{"na');

    await withSchedule(path.join(directory, 'schedules'), ({ schedule }) => schedule.resume());
  }));

test('without a folder there is nothing to resume', () =>
  withFolder((directory) => withSchedule(path.join(directory, 'gone'), ({ schedule }) => schedule.resume())));

test('closing waits for the call that is under way', () =>
  withFolder(async (directory) => {
    let finish = () => {};
    const held = new Promise<void>((resolve) => {
      finish = resolve;
    });
    let isDone = false;
    await withSchedule(
      directory,
      async ({ schedule, reach }) => {
        await schedule.create(entry());
        await reach(1);
        const closing = schedule.close();
        finish();
        await closing;
        expect(isDone).toBe(true);
      },
      async () => {
        await held;
        isDone = true;
      },
    );
  }));
