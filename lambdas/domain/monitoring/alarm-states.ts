/** What the alarms of the table did in a window. */

/** CloudWatch's words. */
export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

export type Transition = {
  /** ISO 8601. */
  readonly at: string;
  readonly from: AlarmState;
  readonly to: AlarmState;
  /** The words of whoever judged: which datapoints, which threshold. */
  readonly reason: string;
};

export type RaisedAlarm = {
  /** Of the alarm table. */
  readonly id: string;
  /** ISO 8601: when it was raised; before the window for one that was up already. */
  readonly at: string;
  readonly reason: string;
  /** True when it was up as the window opened and was not raised anew in it. */
  readonly wasUpBefore: boolean;
};

export type AlarmStates = {
  readonly raised: readonly RaisedAlarm[];
  /** Ids of the alarms of the table that nobody judges, because they do not exist. */
  readonly unjudged: readonly string[];
};

/** `current` is how the alarm stands now and since when; `transitions` are those since the moment, oldest first. */
export const raisedIn = (
  id: string,
  current: { readonly state: AlarmState; readonly at: string; readonly reason: string },
  transitions: readonly Transition[],
): readonly RaisedAlarm[] => {
  const raising = transitions.find(({ to }) => to === 'ALARM');
  if (raising) return [{ id, at: raising.at, reason: raising.reason, wasUpBefore: false }];
  const [first] = transitions;
  const stateBefore = first?.from ?? current.state;
  const { at, reason } = first ?? current;
  return stateBefore === 'ALARM' ? [{ id, at, reason, wasUpBefore: true }] : [];
};
