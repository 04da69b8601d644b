/** `.waitForTaskToken`: the handler only notifies; the task ends when somebody answers its token. */
import { raceWithin } from '../cancellation';
import type { Frame } from '../frame';
import type { Answer } from '../waiting-tasks';
import { invokeLambda } from './lambda';
import type { Scheduled } from './schedule';
import { missHeartbeat, type Settled, timedOut, timeOutAt } from './settled';

export const settledBy = (answer: Answer): Settled =>
  'output' in answer ? { kind: 'succeeded', output: answer.output } : { kind: 'failed', failure: answer.failure };

export type Notification = {
  /** True when an earlier process has notified: nobody is asked twice. */
  readonly isDone: boolean;
  /** Journals that the handler has notified. */
  readonly note: (output: unknown) => void;
};

/** Notifies, unless that was done before, and waits for the answer, the timeout or a missing heartbeat, whichever comes first. */
export const waitForAnswer = async (
  frame: Frame,
  key: string,
  scheduled: Scheduled & { readonly token: string },
  notification: Notification,
): Promise<Settled> => {
  const { run } = frame;
  const { token, deadlineMs, heartbeatSeconds } = scheduled;
  // Registered before the handler gets the token, because the answer may come at once.
  const task = run.tasks.expect(token, key, deadlineMs);
  const notify = async (signal: AbortSignal): Promise<Settled> => {
    const notified = await invokeLambda(run, scheduled, signal);
    if (notified.kind !== 'succeeded') return notified;
    signal.throwIfAborted();
    notification.note(notified.output);
    await run.sync();
    return task.answered.then(settledBy);
  };
  try {
    await run.sync();
    // Answered between the restart and this replay: the process that died had asked the person.
    if (task.state === 'answered') return settledBy(await task.answered);
    if (deadlineMs !== null && run.clock.now().getTime() >= deadlineMs) return timedOut;
    return await raceWithin(frame.signal, (signal) => [
      task.answered.then(settledBy),
      ...(notification.isDone ? [] : [notify(signal)]),
      ...(deadlineMs === null ? [] : [timeOutAt(run.clock, deadlineMs, signal)]),
      ...(heartbeatSeconds === null ? [] : [missHeartbeat(run.clock, task, heartbeatSeconds, signal)]),
    ]);
  } finally {
    run.tasks.close(token);
  }
};
