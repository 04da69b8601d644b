import { notifyTeam } from '#domain/boxes/15-notify-team';
import { VerificationFailed } from '#domain/errors';
import { latestAnswers } from '#domain/evidence/answers';
import { isRowOf } from '#domain/ledger/ledger';
import { acceptedIn, isDemonstration } from '#domain/reports/exceptions';
import { renderTeamMessage } from '#domain/reports/team-message';
import { chatLine, mailLine } from '#domain/text/lines';
import { type Ports, urlOfRun } from '#lambdas/ports/ports';
import { readPinnedMigration } from '#lambdas/record/pinned-migration';
import { withStepEvidence } from '#lambdas/record/with-evidence';
import type { StepInput, StepOutput } from '#statemachine/contract';

export const run = (input: StepInput, ports: Ports): Promise<StepOutput> =>
  withStepEvidence(ports, 15, notifyTeam, input, async (facts, earlier) => {
    const { run: pin } = input;
    const { migration } = await readPinnedMigration(ports.store, pin);
    const entry = (await ports.database.readLedger({ branchId: 'target' })).find((row) => isRowOf(row, pin));
    if (!entry) throw new VerificationFailed(`the ledger has no row of run ${pin.runId}: nothing to tell the team`);
    const matter = {
      migration: pin.migration,
      purpose: migration.purpose ?? migration.description,
      durationMs: entry.durationMs,
      appliedBy: entry.appliedBy,
      monitorSeconds: pin.monitorSeconds,
      reportUrl: urlOfRun(ports.settings, pin),
      answers: latestAnswers(earlier),
      accepted: acceptedIn(earlier),
      isDemonstration: isDemonstration(earlier),
    };
    const message = renderTeamMessage(matter, mailLine);
    facts.put('message', message);
    const to = ports.settings.teamAddress;
    await facts.observe('deliveries', async () => {
      const delivery = await ports.mail.send({ to, ...message, id: `${pin.runId}-applied` });
      const posting = renderTeamMessage(matter, chatLine);
      const posted = await ports.chat.post(`${posting.subject}\n\n${posting.text}`);
      return [
        { to, isDelivered: true, answer: delivery.answer },
        ...posted.map(({ channel, ...outcome }) => ({ to: channel, ...outcome })),
      ];
    });
    return {};
  });
