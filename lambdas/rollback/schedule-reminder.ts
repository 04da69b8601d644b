/** Has people reminded of a post-mortem. An incident is reported all the same when no schedule can be made. */
import { addressIn, differentPeople } from '#domain/approvals/person';
import type { FactsByDocument } from '#domain/boxes/facts';
import { firstReminderAt, lastReminderAt, type PostMortem, reminderEverySeconds } from '#domain/reports/post-mortem';
import { type Ports, urlOfRun } from '#lambdas/ports/ports';
import { reminderName, writePostMortem } from '#lambdas/record/post-mortem';
import type { RunPin } from '#statemachine/contract';

/** The team, who is asked about rollbacks, and who started the run: those who were there. */
const peopleOf = ({ teamAddress, approvers }: Ports['settings'], { startedBy }: RunPin): readonly string[] => {
  const starter = addressIn(startedBy);
  return differentPeople([teamAddress, ...approvers.rollback, ...(starter === null ? [] : [starter])]);
};

export const scheduleReminder = async (
  { store, schedule, settings }: Pick<Ports, 'store' | 'schedule' | 'settings'>,
  run: RunPin,
  report: Pick<PostMortem, 'at' | 'document' | 'where'>,
): Promise<NonNullable<FactsByDocument['report-incident']['reminder']>> => {
  const { runId, migration } = run;
  const [from, until] = [firstReminderAt(report.at), lastReminderAt(report.at)];
  const runUrl = urlOfRun(settings, run);
  const people = peopleOf(settings, run);
  try {
    // First: the schedule's call looks here what it is about.
    await writePostMortem(store, { runId, migration, ...report, runUrl, people, reminders: [], end: null });
    await schedule.create({
      name: reminderName(runId),
      calls: 'RemindPostMortem',
      everySeconds: reminderEverySeconds,
      from: new Date(from),
      until: new Date(until),
      input: { runId },
    });
    return { from, until };
  } catch (error) {
    return { error: (error as Error).message };
  }
};
