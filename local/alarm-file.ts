/**
 * What CloudWatch is on AWS: takes what a look says, evaluates the alarm table over it, and calls OnAlarm when an alarm is
 * raised. One look is one period. Everything lies in a file, so that a new start goes on with the datapoints of before.
 */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type AlarmBook, alarmStateOf, emptyBook, enterLook } from '#domain/monitoring/alarm-book';
import { raisedIn } from '#domain/monitoring/alarm-states';
import { alarmsFor } from '#lambdas/alarms';
import type { Clock } from '#lambdas/ports/ports';
import type { Alarms, Metrics } from '#lambdas/ports/watching';
import type { AlarmEvent } from '#statemachine/contract';

export type LocalAlarms = { readonly metrics: Metrics; readonly alarms: Alarms };

export type LocalAlarmsOptions = {
  readonly file: string;
  readonly intervalSeconds: number;
  readonly clock: Clock;
  /** Called for every alarm that is raised, with the event that EventBridge hands over on AWS. */
  readonly onAlarm: (event: AlarmEvent) => Promise<unknown>;
  readonly onError: (error: Error) => void;
};

/** Nobody counts the lines of an application's log on this machine. */
const table = alarmsFor({ watchesLogs: false });

export const createLocalAlarms = ({
  file,
  intervalSeconds,
  clock,
  onAlarm,
  onError,
}: LocalAlarmsOptions): LocalAlarms => {
  const read = async (): Promise<AlarmBook> => {
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    return text === null ? emptyBook : (JSON.parse(text) as AlarmBook);
  };
  const write = async (book: AlarmBook) => {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(`${file}.new`, JSON.stringify(book));
    await rename(`${file}.new`, file);
  };
  const enter = async (measurements: Parameters<Metrics['put']>[0]): Promise<readonly AlarmEvent[]> => {
    const at = clock.now().toISOString();
    const { book, moved } = enterLook(await read(), table, { at, intervalSeconds, measurements });
    await write(book);
    return moved.map(({ id, to }) => ({ alarmName: id, state: to, at }));
  };
  // One after the other: two looks at once would each forget what the other has entered.
  let turn: Promise<unknown> = Promise.resolve();
  return {
    metrics: {
      put: async (measurements) => {
        const entered = turn.then(() => enter(measurements));
        turn = entered.catch(() => undefined);
        // An event that gets lost here is made up for by the next look, as on AWS.
        for (const event of await entered) if (event.state === 'ALARM') await onAlarm(event).catch(onError);
      },
    },
    alarms: {
      since: async (moment) => {
        const book = await read();
        const from = moment.toISOString();
        const raised = table.flatMap(({ id }) => {
          const transitions = (book.transitions[id] ?? []).filter(({ at }) => at >= from);
          return raisedIn(id, alarmStateOf(book, id), transitions);
        });
        return { raised, unjudged: [] };
      },
    },
  };
};
