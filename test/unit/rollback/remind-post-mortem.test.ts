/** From the incident to the line that says that its post-mortem was held: schedule, reminders, and how they end. */
import { PlatformFailed } from '#domain/errors';
import type { MailMessage, Schedule } from '#lambdas/ports/people';
import { readPostMortem } from '#lambdas/record/post-mortem';
import { run as remind } from '#lambdas/rollback/remind-post-mortem';
import { scheduleReminder } from '#lambdas/rollback/schedule-reminder';
import { pin } from '#test/support/a-run';
import {
  fakeClock,
  fakePorts,
  memoryDocuments,
  memoryStore,
  recordingMail,
  recordingSchedule,
  testSettings,
} from '#test/support/fake-ports';

const at = '2026-11-22T08:00:00.000Z';
const document = 'ops/postmortems/2026-11-22-002_create_notes-run-1.md';
const hourSeconds = 3600;
const template = '# Incident\n\nHeld on: YYYY-MM-DD, by NAME\n';

const opened = async (schedule: Schedule = recordingSchedule()) => {
  const [store, mail, clock] = [memoryStore(), recordingMail(), fakeClock(at)];
  const documents = memoryDocuments({ [document]: template });
  const settings = testSettings({ approvers: { review: [], apply: [], rollback: ['ada@example.org'] } });
  let fails: (message: MailMessage) => boolean = () => false;
  const send = async (message: MailMessage) => {
    if (fails(message)) throw new PlatformFailed('no answer');
    return mail.send(message);
  };
  const ports = fakePorts({ store, mail: { send }, clock, schedule, documents, settings });
  const run = await pin();
  const reminder = await scheduleReminder(ports, run, { at, document, where: `memory:///${document}` });
  return {
    ...{ store, mail, clock, documents, reminder },
    remind: () => remind({ runId: run.runId }, ports),
    kept: () => readPostMortem(store, run.runId),
    failFor: (to: string | null) => {
      fails = (message) => message.to === to;
    },
  };
};

test('a schedule is made from 48 hours on, daily, for 30 days; nobody is told before', async () => {
  const schedule = recordingSchedule();
  const { mail, kept, reminder } = await opened(schedule);

  expect(reminder).toEqual({ from: '2026-11-24T08:00:00.000Z', until: '2026-12-22T08:00:00.000Z' });
  expect([...schedule.entries.values()]).toEqual([
    {
      name: 'post-mortem-run-1',
      calls: 'RemindPostMortem',
      everySeconds: 86_400,
      from: new Date('2026-11-24T08:00:00.000Z'),
      until: new Date('2026-12-22T08:00:00.000Z'),
      input: { runId: 'run-1' },
    },
  ]);
  expect(mail.sent).toEqual([]);
  expect(await kept()).toMatchObject({ people: ['team@example.org', 'ada@example.org', 'bob@example.org'], end: null });
});

test('an incident whose schedule cannot be made is told as one that nobody is reminded of', async () => {
  const create = async () => {
    throw new PlatformFailed('the schedule "post-mortem-run-1" cannot be made: throttled');
  };

  const { reminder } = await opened({ create, remove: async () => undefined });

  expect(reminder).toEqual({ error: 'the schedule "post-mortem-run-1" cannot be made: throttled' });
});

test('everybody is reminded once a day, however often the schedule calls, until the line is filled in', async () => {
  const schedule = recordingSchedule();
  const { clock, mail, remind, kept, documents } = await opened(schedule);

  clock.advance(48 * hourSeconds);
  await remind();
  await remind();
  clock.advance(24 * hourSeconds);
  await remind();

  expect(mail.sent.map(({ to }) => to)).toEqual([
    ...['team@example.org', 'ada@example.org', 'bob@example.org'],
    ...['team@example.org', 'ada@example.org', 'bob@example.org'],
  ]);
  expect(mail.sent.map(({ subject }) => subject)[0]).toContain('due within 24 hours');
  expect(mail.sent.map(({ subject }) => subject)[3]).toContain('due today');
  await documents.write(document, template.replace('YYYY-MM-DD, by NAME', '2026-11-25, by Ada Lovelace'));
  clock.advance(24 * hourSeconds);
  await remind();
  await remind();

  expect(mail.sent).toHaveLength(6);
  expect(schedule.entries.size).toBe(0);
  expect(await kept()).toMatchObject({
    end: { outcome: 'held', on: '2026-11-25', by: 'Ada Lovelace', seenAt: '2026-11-26T08:00:00.000Z' },
    reminders: [{ day: 2 }, { day: 3 }],
  });
});

test('a line that says no day, and a document that is gone, are told to those who are reminded', async () => {
  const { clock, mail, remind, documents } = await opened();
  await documents.write(document, 'Held on: last week\n');

  clock.advance(72 * hourSeconds);
  await remind();

  expect(mail.sent[0]?.text).toContain('its line "Held on: last week" is not taken: it does not say a day and a name');
});

test('after 30 days it stops, says so, and puts down that it was not held', async () => {
  const schedule = recordingSchedule();
  const { clock, mail, remind, kept } = await opened(schedule);

  clock.advance(30 * 24 * hourSeconds);
  await remind();
  await remind();

  expect(mail.sent).toHaveLength(3);
  expect(mail.sent[0]?.text).toContain('This was the last reminder');
  expect(schedule.entries.size).toBe(0);
  expect((await kept())?.end).toEqual({ outcome: 'not held', seenAt: '2026-12-22T08:00:00.000Z' });
});

test('whom a mail did not reach is told at the next try, and the others are not told twice', async () => {
  const { clock, mail, remind, kept, failFor } = await opened();
  clock.advance(48 * hourSeconds);
  failFor('ada@example.org');

  await expect(remind()).rejects.toThrow(
    'the reminder of the post-mortem of run run-1 did not reach ada@example.org (no answer)',
  );
  failFor(null);
  await remind();

  expect(mail.sent.map(({ to }) => to)).toEqual(['team@example.org', 'bob@example.org', 'ada@example.org']);
  expect((await kept())?.reminders).toHaveLength(1);
});

test('a schedule that nobody is reminded by is removed', async () => {
  const schedule = recordingSchedule();
  await schedule.create({
    name: 'post-mortem-gone',
    calls: 'RemindPostMortem',
    everySeconds: 1,
    until: new Date(),
    input: {},
  });

  await remind({ runId: 'gone' }, fakePorts({ store: memoryStore(), schedule }));

  expect(schedule.entries.size).toBe(0);
});
