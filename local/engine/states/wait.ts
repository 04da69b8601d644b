import { waitUntil } from '../clock';
import type { WaitState } from '../definition';
import { evaluateAs, wholeNumber } from '../expressions';
import { attemptKeyOf, bindingsOf, type Frame, nextOf, recall, type Visit, write } from '../frame';
import type { StateRunner } from './runner';

const instant = {
  what: 'an ISO 8601 time such as 2026-11-22T10:00:00Z',
  is: (value: unknown): value is string =>
    typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) && !Number.isNaN(Date.parse(value)),
};

const deadlineOf = async (frame: Frame, visit: Visit<WaitState>) => {
  const { Seconds, Timestamp } = visit.state;
  const bindings = bindingsOf(frame, visit);
  if (Timestamp !== undefined) return Date.parse(await evaluateAs(Timestamp, bindings, 'Timestamp', instant));
  const seconds = await evaluateAs(Seconds, bindings, 'Seconds', wholeNumber(0, 99_999_999));
  return frame.run.clock.now().getTime() + seconds * 1_000;
};

export const runWait: StateRunner<WaitState> = async (frame, visit) => {
  const key = `${attemptKeyOf(visit)}:until`;
  const until =
    recall<{ readonly atMs: number }>(frame, key) ??
    write(frame, { key, state: visit.name, data: { atMs: await deadlineOf(frame, visit) } });
  await frame.run.sync();
  await waitUntil(frame.run.clock, until.data.atMs, frame.signal);
  return { leaving: visit.state, location: '', next: nextOf(visit.state) };
};
