import { type AlarmState, raisedIn, type Transition } from '#domain/monitoring/alarm-states';

const transition = (at: string, from: AlarmState, to: AlarmState): Transition => ({
  at,
  from,
  to,
  reason: `${from} → ${to}`,
});

const current = (state: AlarmState, at = '06:00') => ({ state, at, reason: `is ${state}` });

test('an alarm that stayed quiet was not raised', () => {
  expect(raisedIn('deadlocks', current('OK'), [])).toEqual([]);
  expect(raisedIn('deadlocks', current('OK'), [transition('08:00', 'INSUFFICIENT_DATA', 'OK')])).toEqual([]);
});

test('an alarm that was raised is told with its first time and reason, though it came down since', () => {
  const transitions = [
    transition('08:00', 'OK', 'ALARM'),
    transition('08:05', 'ALARM', 'OK'),
    transition('09:00', 'OK', 'ALARM'),
  ];

  expect(raisedIn('deadlocks', current('ALARM', '09:00'), transitions)).toEqual([
    { id: 'deadlocks', at: '08:00', reason: 'OK → ALARM', wasUpBefore: false },
  ]);
});

test('an alarm that was up before and never moved is told as such', () => {
  expect(raisedIn('deadlocks', current('ALARM'), [])).toEqual([
    { id: 'deadlocks', at: '06:00', reason: 'is ALARM', wasUpBefore: true },
  ]);
});

test('an alarm that was up before and came down is told as such', () => {
  expect(raisedIn('deadlocks', current('OK', '08:05'), [transition('08:05', 'ALARM', 'OK')])).toMatchObject([
    { wasUpBefore: true },
  ]);
});

test('an alarm that was up before, came down and was raised anew counts as raised', () => {
  const transitions = [transition('08:05', 'ALARM', 'OK'), transition('09:00', 'OK', 'ALARM')];

  expect(raisedIn('deadlocks', current('ALARM', '09:00'), transitions)).toMatchObject([
    { at: '09:00', wasUpBefore: false },
  ]);
});
