/** Watching the target, and evaluating what was measured. */
import type { AlarmStates } from '#domain/monitoring/alarm-states';
import type { ActivitySample, Look } from '#domain/monitoring/sample';
import type { Measurements } from '#lambdas/metrics';

/** What goes on in the target. Errors: DatabaseUnreachable, PlatformFailed. */
export type Activity = {
  /** The sample that later ones are compared with; finds out where statements are counted, and wakes a compute that sleeps. */
  takeBaseline(): Promise<ActivitySample>;
  /** One look that holds no connection and wakes nobody. `baseline` says where statements are counted. */
  look(baseline: Pick<ActivitySample, 'statementsSchema'>): Promise<Look>;
};

/** Where what a look says is put, so that alarms can be raised on it. */
export type Metrics = {
  put(measurements: Measurements): Promise<void>;
};

/** Evaluates the metrics by the alarm table. Errors: PlatformFailed. */
export type Alarms = {
  /** What each alarm of the table did since that moment. */
  since(moment: Date): Promise<AlarmStates>;
};
