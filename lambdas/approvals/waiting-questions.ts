/** What waits for people, for whoever is at the terminal. */
import { concludingDecision } from '#domain/approvals/conclude';
import type { AnsweredQuestion } from '#domain/approvals/evidence-of-approval';
import { isSamePerson } from '#domain/approvals/person';
import { isExpired } from '#domain/approvals/request';
import { type Stage, stages } from '#domain/approvals/stages';
import { endable, type Tick, ticksOf } from '#domain/approvals/ticks';
import { InvalidInput } from '#domain/errors';
import { sessionInWords } from '#domain/locks/in-the-way';
import type { Ports } from '#lambdas/ports/ports';
import { readClosing } from '#lambdas/record/closing';
import { approvalKeys } from '#lambdas/record/keys';
import { readQuestion } from '#lambdas/record/question';

export type WaitingQuestion = {
  readonly runId: string;
  readonly migration: string;
  readonly stage: Stage;
  readonly expiresAt: string;
  readonly approvalsNeeded: number;
  readonly people: readonly {
    readonly person: string;
    readonly answer: 'approved' | 'rejected' | null;
    readonly wrongCodes: number;
  }[];
  /** What an approval has to say box by box. */
  readonly ticks: readonly Tick[];
  /** Who is in the way of a rollback and may be ended; absent where an earlier version answers. */
  readonly endable?: readonly { readonly processId: number; readonly words: string }[];
};

type Reading = Pick<Ports, 'store' | 'signing' | 'clock'>;

const openQuestions = async (ports: Reading, runId: string): Promise<readonly AnsweredQuestion[]> => {
  if (await readClosing(ports.store, runId)) return [];
  const asked = await Promise.all(stages.map((stage) => readQuestion(ports, runId, stage)));
  return asked.filter((question) => {
    if (!question || isExpired(question.request.value, ports.clock.now())) return false;
    const decisions = question.decisions.map(({ value }) => value);
    return concludingDecision(question.request.value, decisions) === null;
  }) as readonly AnsweredQuestion[];
};

/** Errors: ApprovalInvalid when anything lies there that is not believed. */
export const listWaiting = async (ports: Reading, runId: string): Promise<readonly WaitingQuestion[]> =>
  Promise.all(
    (await openQuestions(ports, runId)).map(async ({ request: { value: request }, decisions }) => {
      const { stage, run, expiresAt, approvalsNeeded = 1 } = request;
      const people = request.approvers.map(async (person) => {
        const wrong = approvalKeys.wrongCode(runId, stage, person, 1).replace(/1\.json$/, '');
        return {
          person,
          answer: decisions.find(({ value }) => isSamePerson(value.by, person))?.value.decision ?? null,
          wrongCodes: (await ports.store.list(wrong)).length,
        };
      });
      const { migration } = run;
      return {
        ...{ runId, migration, stage, expiresAt, approvalsNeeded },
        people: await Promise.all(people),
        ticks: ticksOf(request),
        endable: endable(request).map((session) => ({
          processId: session.processId,
          words: sessionInWords(session, request.inTheWay?.at ?? request.requestedAt),
        })),
      };
    }),
  );

/** The question that waits in a run; `stage` is null where nobody has named it. Errors: InvalidInput, ApprovalInvalid. */
export const findWaiting = async (ports: Reading, runId: string, stage: string | null): Promise<AnsweredQuestion> => {
  const waiting = await openQuestions(ports, runId);
  const [found, ...others] = waiting.filter(({ request }) => stage === null || request.value.stage === stage);
  if (found && others.length === 0) return found;
  const names = waiting.map(({ request }) => request.value.stage).join(', ') || 'none';
  throw new InvalidInput(
    `run ${runId} has ${found ? 'several questions that wait' : `no question${stage === null ? '' : ` "${stage}"`} that waits`}; waiting: ${names}. npm run approvals lists what waits`,
  );
};

/** As the request has the person. Errors: InvalidInput when they were not asked. */
export const findAskedPerson = ({ request }: AnsweredQuestion, person: string): string => {
  const { approvers, stage, runId } = request.value;
  const asked = approvers.find((address) => isSamePerson(address, person));
  if (asked !== undefined) return asked;
  throw new InvalidInput(
    `"${person}" was not asked for the ${stage} of run ${runId}; asked were ${approvers.join(', ')}`,
  );
};
