import { type Datapoint, evaluateAlarm } from '#domain/monitoring/evaluate-alarm';
import { type Alarm, findAlarm } from '#lambdas/alarms';

const twoOfThree: Alarm = {
  ...findAlarm('connections-near-limit'),
  threshold: 80,
  comparison: 'GreaterThanThreshold',
  periods: 3,
  datapointsToAlarm: 2,
};

/** `X` is over the threshold, `0` is not, `-` is missing; as CloudWatch's guide writes them. */
const pointsOf = (picture: string): readonly Datapoint[] =>
  picture.split(' ').map((sign) => ({ X: 95, '0': 10, '-': null })[sign] ?? null);

const stateOf = (picture: string, differing: Partial<Alarm> = {}) =>
  evaluateAlarm({ ...twoOfThree, ...differing }, pointsOf(picture), 'OK').state;

test.each([
  ['0 0 0', 'OK'],
  ['0 0 X', 'OK'],
  ['0 X X', 'ALARM'],
  ['X 0 X', 'ALARM'],
  ['X X 0', 'ALARM'],
  ['X X 0 0', 'OK'],
  ['X', 'OK'],
  ['X X', 'ALARM'],
])('two of three: %s is %s', (picture, state) => {
  expect(stateOf(picture)).toBe(state);
});

// The columns of the table "M out of N" in CloudWatch's guide, by treatment.
test.each([
  ['0 - X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  ['0 0 X 0 X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  ['- - - - 0', 'OK', 'OK', 'ALARM', 'OK'],
  ['- - - - -', 'INSUFFICIENT_DATA', 'OK', 'ALARM', 'OK'],
])('what is missing in %s is treated as the row says', (picture, missing, ignore, breaching, notBreaching) => {
  const states = (['missing', 'ignore', 'breaching', 'notBreaching'] as const).map((missingData) =>
    stateOf(picture, { missingData }),
  );

  expect(states).toEqual([missing, ignore, breaching, notBreaching]);
});

test('what lies further back than the range is forgotten', () => {
  expect(stateOf('X X - - - - -')).toBe('OK');
  expect(stateOf('X X - - -')).toBe('ALARM');
});

test('ignored missing data keeps an alarm up', () => {
  expect(evaluateAlarm({ ...twoOfThree, missingData: 'ignore' }, pointsOf('- - - - 0'), 'ALARM').state).toBe('ALARM');
});

test.each<[Alarm['comparison'], string]>([
  ['GreaterThanThreshold', 'OK'],
  ['GreaterThanOrEqualToThreshold', 'ALARM'],
])('a value at the threshold is, with %s, %s', (comparison, state) => {
  expect(evaluateAlarm({ ...twoOfThree, comparison }, [80, 80, 80], 'OK').state).toBe(state);
});

test('the reason says which datapoints, and the threshold', () => {
  expect(evaluateAlarm(twoOfThree, [95.123, null, 96, 12], 'OK').reason).toBe(
    'Threshold Crossed: 2 out of the last 3 datapoints [95.12, 96, 12] were greater than the threshold (80)',
  );
  expect(evaluateAlarm(twoOfThree, [95, 96], 'OK').reason).toContain('[95, 96], 1 without data');
});
