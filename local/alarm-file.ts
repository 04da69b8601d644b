/**
 * Stands in for CloudWatch: takes the datapoints of a sample, evaluates the alarm table over them, and calls OnAlarm when an
 * alarm goes off. One sample is one period. A file keeps everything, so that the next start continues with the earlier
 * datapoints.
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
  /** Called for every alarm that goes off, with the event that EventBridge passes on AWS. */
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
  // One after the other: two samples at once would each lose what the other has written.
  let turn: Promise<unknown> = Promise.resolve();
  return {
    metrics: {
      put: async (measurements) => {
        const entered = turn.then(() => enter(measurements));
        turn = entered.catch(() => undefined);
        // The next sample makes up for an event that gets lost here, as on AWS.
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
