/** When a run ends because its approvals are not what people have answered: those people, and whoever started it, are told. */
import { renderIncidentMail } from '#domain/approvals/incident-mail';
import { addressIn, differentPeople } from '#domain/approvals/person';
import { hashSecret } from '#domain/approvals/secrets';
import { type Stage, stageQuestions, stages } from '#domain/approvals/stages';
import type { ToldPerson } from '#domain/boxes/facts';
import { messageOf } from '#domain/reports/closing';
import { type Ports, urlOfRun } from '#lambdas/ports/ports';
import { approvalKeys, documentKey, runPrefix } from '#lambdas/record/keys';
import { examineQuestion } from '#lambdas/record/question';
import type { CloseRunInput, RunPin } from '#statemachine/contract';

export type ApprovalIncident = {
  readonly stages: readonly Stage[];
  /** One sentence each. */
  readonly found: readonly string[];
  /** Who was asked: as the signed requests say it, or where there is none that is believed, as the configuration does. */
  readonly approvers: readonly string[];
};

type Examined = {
  readonly stage: Stage;
  readonly isAsked: boolean;
  readonly approvers: readonly string[];
  readonly faults: readonly string[];
};

const examine = async (
  { store, signing, settings }: Pick<Ports, 'store' | 'signing' | 'settings'>,
  { runId }: RunPin,
  strange: readonly string[],
): Promise<readonly Examined[]> => {
  const publicKeys = await signing.publicKeys();
  return Promise.all(
    stages.map(async (stage) => {
      const question = await examineQuestion(store, publicKeys, runId, stage);
      const places = [`${runPrefix(runId)}approvals/${stage}.`, documentKey(runId, approvalKeys.evidenceName(stage))];
      const named = strange.filter((sentence) => places.some((place) => sentence.includes(place)));
      return {
        stage,
        isAsked: question?.request != null,
        approvers: question?.request?.value.approvers ?? settings.approvers[stageQuestions[stage].approversOf],
        faults: [...(question?.faults ?? []), ...named],
      };
    }),
  );
};

/** What a state has said when it refused the approvals; null where none has. */
const refusal = ({ failure, rollback }: Pick<CloseRunInput, 'failure' | 'rollback'>): string | null => {
  const refused = [failure, rollback].find((one) => one?.error === 'ApprovalInvalid');
  return refused ? messageOf(refused.cause ?? '') : null;
};

/** Null where the approvals are as people have left them. `strange` is what lies in the run's folder and is not of it. */
export const findApprovalIncident = async (
  ports: Pick<Ports, 'store' | 'signing' | 'settings'>,
  input: Pick<CloseRunInput, 'run' | 'failure' | 'rollback'>,
  strange: readonly string[],
): Promise<ApprovalIncident | null> => {
  const refused = refusal(input);
  const examined = await examine(ports, input.run, strange);
  const faulty = examined.filter(({ faults }) => faults.length > 0);
  if (refused === null && faulty.length === 0) return null;
  // What was refused without a fault in the approvals themselves, such as a changed pin, concerns the question that was put last.
  const last = examined.findLast(({ isAsked }) => isAsked) ?? examined[0];
  const concerned = faulty.length > 0 ? faulty : last ? [last] : [];
  const faults = faulty.flatMap((one) => one.faults);
  return {
    stages: concerned.map(({ stage }) => stage),
    // The refusal quotes the faults: it is said where it says more.
    found: [...faults, ...(refused !== null && !faults.some((fault) => refused.includes(fault)) ? [refused] : [])],
    approvers: concerned.flatMap(({ approvers }) => approvers),
  };
};

/** The run is closed all the same when somebody cannot be told; who was told is evidence. */
export const tellOfIncident = async (
  { mail, settings }: Pick<Ports, 'mail' | 'settings'>,
  run: RunPin,
  incident: ApprovalIncident,
  ended: string,
): Promise<readonly ToldPerson[]> => {
  const starter = addressIn(run.startedBy);
  const people = differentPeople([...incident.approvers, ...(starter === null ? [] : [starter]), settings.teamAddress]);
  const runUrl = urlOfRun(settings, run);
  return Promise.all(
    people.map(async (to) => {
      const id = `approvals-not-believed-${run.runId}-${hashSecret(to.toLowerCase()).slice(0, 16)}`;
      try {
        const { answer } = await mail.send({ to, id, ...renderIncidentMail({ run, ...incident, ended, runUrl }) });
        return { to, isDelivered: true, answer };
      } catch (error) {
        return { to, isDelivered: false, answer: (error as Error).message };
      }
    }),
  );
};
