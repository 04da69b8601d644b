/** EventBridge Scheduler's clock: calls the target of every schedule as its role may, until somebody removes it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isAllowed } from '../aws-double/policy';
import type { MadeSchedule, SchedulerDouble } from '../aws-double/scheduler';
import type { Deployed } from './deployed';

/** A schedule's minutes in this many milliseconds, because the windows of the tests have seconds. */
const intervalMs = 500;

export type Sampling = { settled(): Promise<void> };

export const startSampling = (
  scheduler: SchedulerDouble,
  { statementsOf }: Deployed,
  call: (functionArn: string, input: unknown) => Promise<unknown>,
): Sampling => {
  const underWay: Promise<void>[] = [];
  const drive = async ({ name, targetArn, roleArn, input, startDate }: MadeSchedule) => {
    if (!isAllowed(statementsOf(roleArn), { action: 'lambda:InvokeFunction', resource: targetArn }))
      throw new Error(`the schedule's role ${roleArn} may not call ${targetArn}`);
    // Its hour is days away.
    if (startDate && startDate > new Date()) return;
    await sleep(intervalMs);
    while (scheduler.schedules.has(name)) {
      await call(targetArn, input);
      await sleep(intervalMs);
    }
  };
  scheduler.onMade((schedule) => underWay.push(drive(schedule)));
  return {
    settled: async () => {
      await Promise.all(underWay);
    },
  };
};
