/**
 * Called by the schedule from 48 hours after an incident on: reminds people of its post-mortem until the report's document says that it was
 * held, or until a month has gone by. A second call of the same day sends nothing to those whom the first one has reached.
 */
import { hashSecret } from '#domain/approvals/secrets';
import type { ToldPerson } from '#domain/boxes/facts';
import { PlatformFailed } from '#domain/errors';
import {
  dayOf,
  type Held,
  isLastReminder,
  type PostMortem,
  type PostMortemEnd,
  readHeld,
  renderReminder,
} from '#domain/reports/post-mortem';
import type { Ports } from '#lambdas/ports/ports';
import { type RemindInput, readPostMortem, reminderName, writePostMortem } from '#lambdas/record/post-mortem';

const lookInto = async ({ documents, clock }: Ports, { document, at }: PostMortem): Promise<Held> => {
  const text = await documents.read(document);
  return text === null
    ? { state: 'unclear', why: `there is no document ${document} any more: it was renamed or removed` }
    : readHeld(text, { at, now: clock.now() });
};

const sendTo = async (
  { mail }: Pick<Ports, 'mail'>,
  { runId, people }: PostMortem,
  day: number,
  message: { readonly subject: string; readonly text: string },
  earlier: readonly ToldPerson[],
): Promise<readonly ToldPerson[]> =>
  Promise.all(
    people.map(async (to) => {
      const before = earlier.find((one) => one.to === to && one.isDelivered);
      if (before) return before;
      const id = `post-mortem-${runId}-day-${day}-${hashSecret(to.toLowerCase()).slice(0, 16)}`;
      try {
        const { answer } = await mail.send({ to, id, ...message });
        return { to, isDelivered: true, answer };
      } catch (error) {
        return { to, isDelivered: false, answer: (error as Error).message };
      }
    }),
  );

/** Errors: PlatformFailed, when somebody could not be told; then the call may be repeated. */
export const run = async ({ runId }: RemindInput, ports: Ports): Promise<void> => {
  const { store, clock, schedule } = ports;
  const postMortem = await readPostMortem(store, runId);
  const stop = () => schedule.remove(reminderName(runId));
  if (!postMortem || postMortem.end) return stop();
  const now = clock.now();
  const end = async (outcome: PostMortemEnd, reminders = postMortem.reminders) => {
    await writePostMortem(store, { ...postMortem, reminders, end: outcome });
    await stop();
  };
  const held = await lookInto(ports, postMortem);
  const seenAt = now.toISOString();
  if (held.state === 'held') return end({ outcome: 'held', on: held.on, by: held.by, seenAt });
  const day = dayOf(postMortem.at, now);
  const isLast = isLastReminder(postMortem, now);
  const earlier = postMortem.reminders.find((one) => one.day === day)?.told ?? [];
  const message = renderReminder(postMortem, { day, isLast, unclear: held.state === 'unclear' ? held.why : null });
  const told = await sendTo(ports, postMortem, day, message, earlier);
  const reminders = [...postMortem.reminders.filter((one) => one.day !== day), { day, at: seenAt, told }];
  const untold = told.filter(({ isDelivered }) => !isDelivered);
  // Whoever the last one did not reach stands in it; there is no day after it.
  if (isLast) await end({ outcome: 'not held', seenAt }, reminders);
  else await writePostMortem(store, { ...postMortem, reminders });
  if (untold.length > 0)
    throw new PlatformFailed(
      `the reminder of the post-mortem of run ${runId} did not reach ${untold.map(({ to, answer }) => `${to} (${answer})`).join(', ')}`,
    );
};
