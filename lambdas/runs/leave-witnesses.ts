/** Tells the sign-off's hash outside of the store, where it outlives whoever may write there: the decision log and the team's mail. */
import { documentPaths } from '#domain/boxes/14-update-documentation';
import { addSignOff } from '#domain/reports/decision-entry';
import { renderSignOffMessage, type SignOffNotice } from '#domain/reports/sign-off-message';
import { chatLine, mailLine } from '#domain/text/lines';
import { type Ports, urlOfRun } from '#lambdas/ports/ports';
import type { RunPin } from '#statemachine/contract';

export const leaveWitnesses = async (
  { documents, mail, chat, settings }: Pick<Ports, 'documents' | 'mail' | 'chat' | 'settings'>,
  { runId, version, migration }: RunPin,
  signed: Pick<SignOffNotice, 'sha256' | 'signature' | 'at'>,
): Promise<void> => {
  const notice: SignOffNotice = { ...signed, runId, version, migration, runUrl: urlOfRun(settings, { runId }) };
  const log = await documents.read(documentPaths.decisionLog);
  const withSignOff = addSignOff(log, notice);
  if (withSignOff === log) return;
  // The log last: as long as it does not say it, whoever does this again sends the same mail under the same id.
  await mail.send({
    to: settings.teamAddress,
    ...renderSignOffMessage(notice, mailLine),
    id: `${runId}-signed-off`,
  });
  const posted = renderSignOffMessage(notice, chatLine);
  await chat.post(`${posted.subject}\n\n${posted.text}`);
  await documents.write(documentPaths.decisionLog, withSignOff);
};
