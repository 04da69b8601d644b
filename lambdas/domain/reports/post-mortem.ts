/** The post-mortem of an incident: when it is due, who is reminded of it and when, and how its document says that it was held. */
import type { ToldPerson } from '#domain/boxes/facts';
import { count } from '#domain/count';
import { mailLine, ownAddress } from '#domain/text/lines';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** The post-mortem is held within 72 hours. */
export const postMortemHours = 72;

/** A day before it is due; then every day. */
const firstReminderHours = 48;

/** Whoever has not held it after a month is not moved by one more mail. */
const lastReminderDays = 30;

export const reminderEverySeconds = dayMs / 1_000;

const after = (at: string, ms: number) => new Date(Date.parse(at) + ms).toISOString();

/** ISO 8601, of an incident that was reported at `at`. */
export const dueAt = (at: string): string => after(at, postMortemHours * hourMs);
export const firstReminderAt = (at: string): string => after(at, firstReminderHours * hourMs);
export const lastReminderAt = (at: string): string => after(at, lastReminderDays * dayMs);

/** What is known of the post-mortem of one run. */
export type PostMortem = {
  readonly runId: string;
  readonly migration: string;
  /** When the incident was reported. */
  readonly at: string;
  /** The name of the project's document, and where it was written. */
  readonly document: string;
  readonly where: string;
  readonly runUrl: string;
  /** Mail addresses. */
  readonly people: readonly string[];
  /** One for each day on which a reminder was due; those that nobody was told of too. */
  readonly reminders: readonly Reminder[];
  /** Null as long as people are reminded. */
  readonly end: PostMortemEnd | null;
};

export type Reminder = {
  /** Whole days since the incident was reported. */
  readonly day: number;
  readonly at: string;
  readonly told: readonly ToldPerson[];
};

export type PostMortemEnd =
  | { readonly outcome: 'held'; readonly on: string; readonly by: string; readonly seenAt: string }
  | { readonly outcome: 'not held'; readonly seenAt: string };

/** The line of the document that somebody fills in; as it stands here it says nothing. */
export const heldLine = 'Held on: YYYY-MM-DD, by NAME';

export type Held =
  | { readonly state: 'held'; readonly on: string; readonly by: string }
  | { readonly state: 'not said' }
  /** Somebody has written there what says no day or nobody; `why` is a sentence. */
  | { readonly state: 'unclear'; readonly why: string };

const isDay = (text: string) => {
  const parsed = new Date(`${text}T00:00:00.000Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(text);
};

/** Half a day more than a day's zone can differ from ours. */
const zoneMs = 14 * hourMs;

const whyNot = (on: string, { at, now }: { readonly at: string; readonly now: Date }): string | null => {
  if (!isDay(on)) return `${on} is no day`;
  if (Date.parse(on) > now.getTime() + zoneMs) return `${on} has not come yet`;
  return Date.parse(on) + dayMs < Date.parse(at) - zoneMs ? `${on} is before the incident of ${at}` : null;
};

/** What the document says. `at` is when the incident was reported. */
export const readHeld = (text: string, when: { readonly at: string; readonly now: Date }): Held => {
  const said = [...text.matchAll(/^[\s>*_-]*held on[*_]*:[*_]*[^\S\n]*(.*)$/gim)]
    .map(([, value = '']) => value.trim())
    .filter((value) => value !== '' && !value.startsWith('YYYY-MM-DD'));
  const [first] = said;
  if (first === undefined) return { state: 'not said' };
  const read = said.map((value) => {
    const [, on = '', by = ''] = /^(\d{4}-\d{2}-\d{2})\s*,?\s*by:?\s+(\S.*)$/i.exec(value) ?? [];
    const isTemplate = by === 'NAME';
    return { value, on, by, why: on === '' || isTemplate ? 'it does not say a day and a name' : whyNot(on, when) };
  });
  const held = read.find(({ why }) => why === null);
  if (held) return { state: 'held', on: held.on, by: held.by };
  const [{ value = first, why = '' } = {}] = read;
  return { state: 'unclear', why: `its line "Held on: ${value}" is not taken: ${why}` };
};

/** Whole days since the incident was reported; a call that comes some minutes early counts for its day. */
export const dayOf = (at: string, now: Date): number =>
  Math.floor((now.getTime() - Date.parse(at) + 5 * 60_000) / dayMs);

export const isLastReminder = ({ at }: Pick<PostMortem, 'at'>, now: Date): boolean =>
  dayOf(at, now) >= lastReminderDays;

const dueInWords = (day: number): string => {
  const late = day - postMortemHours / 24;
  if (late < 0) return `due within ${count(-late * 24, 'hour')}`;
  return late === 0 ? 'due today' : `${count(late, 'day')} overdue`;
};

/** `unclear` is why a line of the document was not taken, or that there is no document; null where nothing was said. */
export const renderReminder = (
  postMortem: PostMortem,
  { day, isLast, unclear }: { readonly day: number; readonly isLast: boolean; readonly unclear: string | null },
): { readonly subject: string; readonly text: string } => {
  const { runId, migration, at, where, runUrl } = postMortem;
  const lines = [
    'Nobody has written yet that the post-mortem of this incident was held.',
    '',
    mailLine`Migration:    ${migration}`,
    mailLine`Run:          ${runId}`,
    mailLine`Reported:     ${at}`,
    mailLine`Due by:       ${dueAt(at)} (${dueInWords(day)})`,
    ...(unclear === null ? [] : [mailLine`Found:        ${unclear}`]),
    '',
    'The report, with what is known of cause and actions:',
    ownAddress(where),
    'The run:',
    ownAddress(runUrl),
    '',
    'When it was held, fill in this line of the report, where it lies; then no more reminders are sent:',
    `  ${heldLine}`,
    '',
    isLast
      ? `This was the last reminder: ${count(lastReminderDays, 'day')} have gone by. It is put down that the post-mortem was not held.`
      : mailLine`The next reminder comes in 24 hours, the last one on ${lastReminderAt(at)}.`,
  ];
  return {
    subject: mailLine`Post-mortem of ${migration}: ${isLast ? 'last reminder, not held' : dueInWords(day)} (run ${runId})`,
    text: `${lines.join('\n')}\n`,
  };
};
