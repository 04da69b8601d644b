/**
 * CloudWatch's evaluation of an alarm, for where there is no CloudWatch ("Evaluating an alarm" and "Configuring how
 * CloudWatch alarms treat missing data" in its user guide): M of N datapoints, missing ones by the row's treatment.
 */
import type { Alarm } from '#lambdas/alarms';
import type { AlarmState } from './alarm-states';

/** Null = the period had none. */
export type Datapoint = number | null;

/** CloudWatch looks a little further back than N, so that a late datapoint is not taken for a missing one; its guide shows two. */
const furtherBack = 2;

/** As many of the latest as an alarm can ever look at. */
export const evaluationRangeOf = ({ periods }: Pick<Alarm, 'periods'>): number => periods + furtherBack;

const breaches: Readonly<Record<Alarm['comparison'], (value: number, threshold: number) => boolean>> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
};

const comparisonsInWords: Readonly<Record<Alarm['comparison'], string>> = {
  GreaterThanThreshold: 'greater than',
  GreaterThanOrEqualToThreshold: 'greater than or equal to',
};

const rounded = (value: number) => Math.round(value * 100) / 100;

/** Enough datapoints over the threshold are an alarm, whatever is missing; the treatment decides about the rest. */
const stateOf = (isOver: boolean, { missingData, periods }: Alarm, found: number, current: AlarmState): AlarmState => {
  if (isOver) return 'ALARM';
  if (missingData === 'missing' && found === 0) return 'INSUFFICIENT_DATA';
  return missingData === 'ignore' && found < periods ? current : 'OK';
};

export type Evaluation = { readonly state: AlarmState; readonly reason: string };

/**
 * Evaluates an alarm as CloudWatch does. `datapoints` are one per period, the latest last. `current` is the state until now.
 *
 * @example
 * evaluateAlarm(findAlarm('connections-near-limit'), [70, 85, 90], 'OK')
 * // { state: 'ALARM', reason: 'Threshold Crossed: 2 out of the last 3 datapoints [70, 85, 90] were greater than the threshold (80)' }
 */
export const evaluateAlarm = (alarm: Alarm, datapoints: readonly Datapoint[], current: AlarmState): Evaluation => {
  const { periods, datapointsToAlarm, threshold, comparison, missingData } = alarm;
  const range = datapoints.slice(-evaluationRangeOf(alarm));
  const latest = range.filter((value) => value !== null).slice(-periods);
  const missing = periods - latest.length;
  const over = latest.filter((value) => breaches[comparison](value, threshold));
  const breaching = over.length + (missingData === 'breaching' ? missing : 0);
  const state = stateOf(breaching >= datapointsToAlarm, alarm, latest.length, current);
  const listed = latest.map((value) => String(rounded(value))).join(', ');
  const without = missing > 0 ? `, ${missing} without data` : '';
  return {
    state,
    reason: `Threshold Crossed: ${over.length} out of the last ${periods} datapoints [${listed}]${without} were ${comparisonsInWords[comparison]} the threshold (${threshold})`,
  };
};
