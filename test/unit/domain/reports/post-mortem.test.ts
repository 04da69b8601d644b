import {
  dayOf,
  dueAt,
  firstReminderAt,
  heldLine,
  isLastReminder,
  lastReminderAt,
  type PostMortem,
  readHeld,
  renderReminder,
} from '#domain/reports/post-mortem';

const at = '2026-11-22T09:00:00.000Z';
const now = new Date('2026-11-25T10:00:00.000Z');

const postMortem: PostMortem = {
  runId: 'run-1',
  migration: '002_create_notes.sql',
  at,
  document: 'ops/postmortems/2026-11-22-002_create_notes-run-1.md',
  where: 's3://store/documents/ops/postmortems/2026-11-22-002_create_notes-run-1.md',
  runUrl: 'https://example.org/runs/run-1',
  people: ['team@example.org'],
  reminders: [],
  end: null,
};

test('it is due within 72 hours, and reminded of from 48 hours on for 30 days', () => {
  expect(dueAt(at)).toBe('2026-11-25T09:00:00.000Z');
  expect(firstReminderAt(at)).toBe('2026-11-24T09:00:00.000Z');
  expect(lastReminderAt(at)).toBe('2026-12-22T09:00:00.000Z');
});

test.each([
  ['Held on: 2026-11-24, by Ada Lovelace', '2026-11-24', 'Ada Lovelace'],
  ['- **Held on:** 2026-11-24 by ada@example.org', '2026-11-24', 'ada@example.org'],
  ['> held on: 2026-11-25, by: Ada and Bob', '2026-11-25', 'Ada and Bob'],
  // The day has begun where somebody writes it.
  ['Held on: 2026-11-26, by Ada', '2026-11-26', 'Ada'],
])('"%s" says who held it and when', (line, on, by) => {
  const day = new Date('2026-11-25T20:00:00.000Z');
  expect(readHeld(`# Incident\n\n${line}  \n\nMore.\n`, { at, now: day })).toEqual({ state: 'held', on, by });
});

test.each([heldLine, 'Held on:', '', 'It was held on Monday.'])('"%s" says nothing yet', (line) => {
  expect(readHeld(`# Incident\n\n${line}\n`, { at, now })).toEqual({ state: 'not said' });
});

test.each([
  ['tomorrow', 'it does not say a day and a name'],
  ['2026-11-24', 'it does not say a day and a name'],
  ['2026-11-24, by NAME', 'it does not say a day and a name'],
  ['2026-11-31, by Ada', '2026-11-31 is no day'],
  ['2026-12-24, by Ada', '2026-12-24 has not come yet'],
  ['2026-11-20, by Ada', `2026-11-20 is before the incident of ${at}`],
])('"Held on: %s" is not taken, and it is said why', (value, why) => {
  expect(readHeld(`Held on: ${value}\n`, { at, now })).toEqual({
    state: 'unclear',
    why: `its line "Held on: ${value}" is not taken: ${why}`,
  });
});

test('the first line that can be taken counts, whatever stands above it', () => {
  const text = `${heldLine}\nHeld on: soon\nHeld on: 2026-11-24, by Ada\n`;

  expect(readHeld(text, { at, now })).toEqual({ state: 'held', on: '2026-11-24', by: 'Ada' });
});

test('a day is counted from the report, and minutes early are no day', () => {
  expect(dayOf(at, new Date('2026-11-24T08:58:00.000Z'))).toBe(2);
  expect(dayOf(at, new Date('2026-11-24T08:00:00.000Z'))).toBe(1);
  expect(isLastReminder(postMortem, new Date('2026-12-22T09:00:00.000Z'))).toBe(true);
  expect(isLastReminder(postMortem, new Date('2026-12-21T09:00:00.000Z'))).toBe(false);
});

test.each([
  [2, 'due within 24 hours'],
  [3, 'due today'],
  [4, '1 day overdue'],
  [9, '6 days overdue'],
])('the reminder of day %i says that it is %s, where the report lies and which line to write', (day, words) => {
  const { subject, text } = renderReminder(postMortem, { day, isLast: false, unclear: null });

  expect(subject).toBe(`Post-mortem of 002_create_notes.sql: ${words} (run run-1)`);
  expect(text).toContain(`Due by:       2026-11-25T09:00:00.000Z (${words})\n`);
  expect(text).toContain(`\n${postMortem.where}\n`);
  expect(text).toContain(`\n  ${heldLine}\n`);
  expect(text).toContain('the last one on 2026-12-22T09:00:00.000Z');
});

test('the last one says so, and what was found in the document is told', () => {
  const { subject, text } = renderReminder(postMortem, { day: 30, isLast: true, unclear: 'its line is not taken' });

  expect(subject).toContain('last reminder, not held');
  expect(text).toContain('This was the last reminder: 30 days have gone by.');
  expect(text).toContain('Found:        its line is not taken\n');
});
