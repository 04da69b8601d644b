/** What follows a wrong code: it is kept with its time; a dead link is replaced and people are told, so that no run waits in silence. */
import { addressIn, differentPeople } from '#domain/approvals/person';
import { hashSecret } from '#domain/approvals/secrets';
import { renderWrongCodesMail } from '#domain/approvals/wrong-codes-mail';
import type { EvidenceDocument } from '#domain/evidence/document';
import { type Ports, urlOfRun } from '#lambdas/ports/ports';
import { toJson } from '#lambdas/record/json';
import { approvalKeys } from '#lambdas/record/keys';
import { askApprover } from './ask-approver';
import type { OpenApproval } from './open-approval';

/** With five attempts each: 15 of 23^8 codes. */
const mostLinks = 3;

/** Far beyond what all links of a person take. */
const mostKept = 50;

/** Evidence, without the code that was typed. */
export const keepWrongCode = async (
  { store, clock }: Pick<Ports, 'store' | 'clock'>,
  { record: { runId, stage }, approver }: OpenApproval,
): Promise<void> => {
  const text = toJson({ runId, stage, approver, at: clock.now().toISOString() });
  for (let number = 1; number <= mostKept; number += 1)
    if (await store.writeIfAbsent(approvalKeys.wrongCode(runId, stage, approver, number), text)) return;
};

/** Sends the approver a new link while there is one, and tells them, whoever started the run and the team. True when there was one. */
export const replaceDeadLink = async (
  ports: Ports,
  { request, question, run, approver, link, record }: OpenApproval,
  documents: readonly EvidenceDocument[],
): Promise<boolean> => {
  const number = (record.number ?? 1) + 1;
  const isReplaced = number <= mostLinks;
  const starter = addressIn(run.startedBy);
  const told = differentPeople([approver, ...(starter === null ? [] : [starter]), ports.settings.teamAddress]);
  const runUrl = urlOfRun(ports.settings, run);
  for (const to of told)
    await ports.mail.send({
      to,
      id: `wrong-codes-${request.stage}-${request.runId}-${hashSecret(`${link} ${to}`).slice(0, 16)}`,
      ...renderWrongCodesMail({ request, run, approver, isReplaced, runUrl }),
    });
  if (isReplaced)
    await askApprover(ports, await ports.secrets.approvalsKey(), run, question.request, documents, approver, number);
  return isReplaced;
};
