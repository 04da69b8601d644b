/** Writes the incident report, sends it to the team, and has people reminded of the post-mortem. */

import { stillStandsLines } from '#domain/approvals/ask-for-rollback';
import { notBackedUpInWords } from '#domain/boxes/05-backup-database';
import { factsIn } from '#domain/boxes/facts';
import { whyNotRehearsed } from '#domain/boxes/not-rehearsed';
import { progressIn, takenBackIn } from '#domain/boxes/outcome-of-apply';
import { unsavedIn } from '#domain/boxes/unsaved';
import { committedInWords } from '#domain/ledger/progress';
import { endedInWords } from '#domain/locks/in-the-way';
import { type Incident, incidentPath, incidentSubject, renderIncident } from '#domain/reports/incident';
import { seenByUsers } from '#domain/reports/seen-by-users';
import { timelineOf } from '#domain/reports/timeline';
import { lossInWords } from '#domain/tables/data-loss';
import { chatLine, mailLine, ownAddress } from '#domain/text/lines';
import { type Ports, urlOfRun } from '#lambdas/ports/ports';
import { withEvidence } from '#lambdas/record/with-evidence';
import type { StepOutput } from '#statemachine/contract';
import type { ReportIncidentInput } from '#statemachine/rollback-contract';
import { findCorrection, writeDocuments } from './afterwards';
import { readAppliedRuns } from './applied-runs';
import { scheduleReminder } from './schedule-reminder';

export const run = (input: ReportIncidentInput, ports: Ports): Promise<StepOutput> =>
  withEvidence(ports, { name: 'report-incident', title: 'Report incident' }, input, async (facts, documents) => {
    const { run: pin, failure, rollback } = input;
    const progress = progressIn(documents);
    const at = ports.clock.now().toISOString();
    const takenBack = takenBackIn(documents);
    const rehearsed = factsIn(documents, 'rehearse-rollback');
    const { dataLoss } = rehearsed;
    const notRehearsed = whyNotRehearsed(rehearsed);
    const unsaved = unsavedIn(documents);
    const { ended } = factsIn(documents, 'roll-back');
    const applied = await readAppliedRuns(ports.store, pin);
    const lost = dataLoss && lossInWords(dataLoss);
    const correction = progress ? null : await findCorrection(ports, input, { documents, takenBack, at });
    const incident: Incident = {
      runId: pin.runId,
      migration: pin.migration,
      version: pin.version,
      startedBy: pin.startedBy,
      takenBackWith: pin.rollback?.versions.slice(0, -1).map(({ migration }) => migration) ?? [],
      at,
      database: pin.target.database,
      failure,
      rollback,
      takenBack,
      ...(notRehearsed !== null && { notRehearsed }),
      ...(unsaved && { notBackedUp: notBackedUpInWords(unsaved.notBackedUp) }),
      ...(ended && { ended: ended.map(endedInWords) }),
      ...(lost !== undefined && { lost }),
      ...(correction && { correction }),
      committedInPart: progress && committedInWords(progress),
      timeline: timelineOf([...applied, ...documents]),
      users: seenByUsers([...applied, ...documents]),
    };
    const text = renderIncident(incident);
    const where = await ports.documents.write(incidentPath(incident), text);
    facts.put('report', where);
    const reminder = await scheduleReminder(ports, pin, { at, document: incidentPath(incident), where });
    facts.put('reminder', reminder);
    const reminded =
      'error' in reminder
        ? mailLine`Nobody will be reminded of the post-mortem, because no schedule could be made: ${reminder.error}`
        : `Reminders of the post-mortem: from ${reminder.from} on, daily, until the report says that it was held, at most until ${reminder.until}`;
    const stands = takenBack ? '' : `${stillStandsLines(ports.settings.runUrl, pin).join('\n')}\n`;
    const links = `Report: ${ownAddress(where)}\nRun: ${ownAddress(urlOfRun(ports.settings, pin))}\n`;
    facts.put(
      'delivery',
      await ports.mail.send({
        to: ports.settings.teamAddress,
        subject: incidentSubject(incident, mailLine),
        text: `${text}\n${links}${reminded}\n${stands}`,
        id: `${pin.runId}-incident`,
      }),
    );
    // Before the chat, which would have the incident twice were this tried again.
    if (takenBack) await writeDocuments(ports, facts, incident, documents);
    facts.put('chat', await ports.chat.post(`${incidentSubject(incident, chatLine)}\n\n${links}`));
    return {};
  });
