/** When a run ends with something to know about its migration and no incident report says it, people get its closing as a mail. */
import { askForRollbackLines, runbookOfRollback } from '#domain/approvals/ask-for-rollback';
import { addressIn, differentPeople } from '#domain/approvals/person';
import { hashSecret } from '#domain/approvals/secrets';
import { factsIn, type ToldPerson } from '#domain/boxes/facts';
import type { EvidenceDocument } from '#domain/evidence/document';
import type { RollbackOutcome } from '#domain/ledger/ends';
import { mailLine, ownAddress } from '#domain/text/lines';
import { type Ports, urlOfRun } from '#lambdas/ports/ports';
import type { CloseRunInput, RunPin } from '#statemachine/contract';

/** Of a rollback that somebody asked for: people have decided the others, or an alarm of the workflow tells of them. */
const toldOf: readonly RollbackOutcome[] = ['rolled back', 'rolled back and differs', 'failed', 'not known', 'stopped'];

/** Mailed is as good as reported: what comes behind the mail may have failed. */
const isReported = (documents: readonly EvidenceDocument[]): boolean =>
  factsIn(documents, 'report-incident').delivery !== undefined;

/** The run was stopped or failed, so that no state of it could report anything. */
const isStopped = ({ failure }: Pick<CloseRunInput, 'failure'>): boolean => failure?.state === 'The execution';

const isUnreported = (
  input: Pick<CloseRunInput, 'run' | 'failure' | 'rollback'>,
  documents: readonly EvidenceDocument[],
): boolean => {
  if (isReported(documents)) return false;
  if (input.run.rollback) return input.rollback !== null && toldOf.includes(input.rollback.outcome);
  const hasFailed = documents.some(({ name, error }) => name === 'report-incident' && error !== null);
  return hasFailed || (isStopped(input) && (input.failure?.committed === true || input.rollback !== null));
};

const textOf = ({ settings }: Pick<Ports, 'settings'>, run: RunPin, ended: string): string =>
  [
    mailLine`Run ${run.runId} of ${run.migration} has ended, and no incident report was sent:`,
    mailLine`  ${ended}`,
    'What stands on the target: npm run status',
    'Where it stands and should not, ask for its rollback, which decides nothing:',
    ...askForRollbackLines(settings.runUrl, run),
    mailLine`What to read: ${runbookOfRollback(ended).join(', ')}`,
    `Run: ${ownAddress(urlOfRun(settings, run))}`,
    '',
  ].join('\n');

/** The team, who is asked about rollbacks or on call, and who started the run. It is closed all the same when somebody cannot be told. */
export const tellUnreported = async (
  ports: Pick<Ports, 'mail' | 'settings'>,
  input: Pick<CloseRunInput, 'run' | 'failure' | 'rollback'>,
  documents: readonly EvidenceDocument[],
  ended: string,
): Promise<readonly ToldPerson[]> => {
  if (!isUnreported(input, documents)) return [];
  const { run } = input;
  const { teamAddress, approvers, onCall } = ports.settings;
  const starter = addressIn(run.startedBy);
  const people = [teamAddress, ...approvers.rollback, ...onCall, ...(starter === null ? [] : [starter])];
  const mail = {
    subject: mailLine`${run.migration}: ${run.rollback ? 'its rollback' : 'its run'} has ended without an incident report`,
    text: textOf(ports, run, ended),
  };
  return Promise.all(
    differentPeople(people).map(async (to) => {
      const id = `unreported-${run.runId}-${hashSecret(to.toLowerCase()).slice(0, 16)}`;
      try {
        const { answer } = await ports.mail.send({ to, id, ...mail });
        return { to, isDelivered: true, answer };
      } catch (error) {
        return { to, isDelivered: false, answer: (error as Error).message };
      }
    }),
  );
};
