/** The questions that a person is asked. */
import { InvalidInput } from '#domain/errors';
import { isRound, namesOfRounds, ofRounds, type Round } from '#domain/locks/rounds';
import type { BoxId } from '#lambdas/checklist';

/** Those whose approvers are configured. */
export const configuredStages = ['review', 'apply', 'rollback'] as const;

export type ConfiguredStage = (typeof configuredStages)[number];

/** Whether to try again is asked anew in each round, and each time it is a question of its own. */
export type AgainStage = `again-${Round}`;

/** The same of a rollback that did not get its locks. */
export type RollbackAgainStage = `rollback-again-${Round}`;

export type Stage = ConfiguredStage | AgainStage | RollbackAgainStage;

export const againStages: readonly AgainStage[] = namesOfRounds('again');

export const rollbackAgainStages: readonly RollbackAgainStage[] = namesOfRounds('rollback-again');

export const isRollbackAgain = (stage: Stage): stage is RollbackAgainStage =>
  (rollbackAgainStages as readonly Stage[]).includes(stage);

/** Whether to try again, after locks were not granted. */
export const isAgain = (stage: Stage): stage is AgainStage | RollbackAgainStage =>
  (againStages as readonly Stage[]).includes(stage) || isRollbackAgain(stage);

/** May a migration be taken back, for the first time or once more? */
export const isOfRollback = (stage: Stage): boolean => stage === 'rollback' || isRollbackAgain(stage);

/** Errors: InvalidInput for a round that is not one. */
export const againStageOf = (round: number): AgainStage => {
  if (isRound(round)) return `again-${round}`;
  throw new InvalidInput(`round ${round} is none: people are asked ${againStages.length} times at most`);
};

/** How often people have let it be tried again before; 0 for the first question. */
export const roundOf = (stage: Stage): number => Number(/-(\d+)$/.exec(stage)?.[1] ?? 0);

/** Errors: InvalidInput for a round that is not one. */
export const rollbackStageOf = (round: number): 'rollback' | RollbackAgainStage => {
  if (round === 0) return 'rollback';
  if (isRound(round)) return `rollback-again-${round}`;
  throw new InvalidInput(`round ${round} is none: people are asked ${againStages.length} times at most`);
};

export const stages: readonly Stage[] = [...configuredStages, ...againStages, ...rollbackAgainStages];

/** What a person attests to, and what they are asked for besides. */
export type Attestation = {
  readonly statement: string;
  /** Asked for in words of its own, because a tick alone would not say it; null where the tick says it all. */
  readonly asks: string | null;
};

export type StageQuestion = {
  /** Whose approvers are asked. */
  readonly approversOf: ConfiguredStage;
  /** Completes "approve …". */
  readonly subject: string;
  /** Also the state's name and the evidence's title. */
  readonly title: string;
  /** What is asked, as the mail and the page say it. */
  readonly question: string;
  /** What happens next when the answer is yes. */
  readonly onApproval: string;
  /** The words of the two answers. */
  readonly choices: { readonly approve: string; readonly reject: string };
  readonly onRejection: string;
  /** Boxes that only a person can answer here. */
  readonly attestations: Readonly<Partial<Record<BoxId, Attestation>>>;
  /** Boxes that a later step answers again, by measuring: nobody is asked to accept what is only predicted yet. */
  readonly measuredLater: readonly BoxId[];
  /** True where approving goes on in spite of what has failed or is open. */
  readonly acceptsExceptions: boolean;
};

const approveOrReject = { approve: 'Approve', reject: 'Reject' } as const;

const again: StageQuestion = {
  approversOf: 'apply',
  subject: 'another attempt',
  title: 'Approve another attempt',
  question: 'Its locks were not granted: may this migration be tried again?',
  onApproval:
    'Staging is compared with what was rehearsed, and when it is still the same the migration is tried again for about five minutes, under the approval, backup and rehearsal that it has. End what blocks it first.',
  onRejection: 'The run ends and the branch is deleted. The migration is not applied.',
  choices: { approve: 'Try again', reject: 'Give up' },
  attestations: {},
  measuredLater: [],
  acceptsExceptions: false,
};

/** The same, where some units of it are committed and stay. */
const againBehindUnits: StageQuestion = {
  ...again,
  onApproval:
    'Staging is compared with what the rehearsal had behind the same units, and when it is the same the migration goes on behind what is committed, for about five minutes, under the approval, backup and rehearsal that it has. End what blocks it first.',
  onRejection:
    'What is committed stays until the approvers of the rollback have said whether it is rolled back; they are asked next.',
};

const rollbackAgain: StageQuestion = {
  approversOf: 'rollback',
  subject: 'another rollback attempt',
  title: 'Approve another rollback attempt',
  question: 'The locks of the rollback were not granted: may it be tried again?',
  onApproval:
    'The sessions that you tick are ended where they still are in the way, and the rollback is tried again for about five minutes, with the backup and the rehearsal that it has.',
  onRejection: 'The run ends. What was not rolled back stays applied, and the incident report says so.',
  choices: { approve: 'Try again', reject: 'Give up' },
  attestations: {},
  measuredLater: [],
  acceptsExceptions: false,
};

export const stageQuestions: Readonly<Record<Stage, StageQuestion>> = {
  review: {
    approversOf: 'review',
    subject: 'review',
    choices: approveOrReject,
    title: 'Approve review',
    question: 'May this migration be rehearsed?',
    onApproval:
      'The target is checked and backed up, a branch of its data is made, and migration and rollback are rehearsed there, unless it reaches beyond what the branch keeps in. It is not applied to the target before a second approval.',
    onRejection: 'The run ends. No statement of the migration was run.',
    attestations: {
      '1.1': { statement: 'The change is in the pull request above, and I have reviewed it.', asks: null },
      '2.1': { statement: 'I compared the change with the ER diagram.', asks: null },
      '3.3': {
        statement: 'I know the services that depend on the affected tables, and they are ready for this change.',
        asks: 'Which services, and who says that they are ready? “None” if there are none.',
      },
    },
    // Step 6 measures them on the branch.
    measuredLater: ['3.4', '3.5', '3.6'],
    acceptsExceptions: true,
  },
  apply: {
    approversOf: 'apply',
    subject: 'apply',
    choices: approveOrReject,
    title: 'Approve apply',
    question: 'May this migration be applied to the target?',
    onApproval:
      'The migration is applied to the target in one transaction, verified, tested, and then watched for the monitoring window.',
    onRejection: 'The run ends and the branch is deleted. The migration is not applied.',
    attestations: { '6.3': { statement: 'The schema that the dry run produced looks right.', asks: null } },
    measuredLater: [],
    acceptsExceptions: true,
  },
  rollback: {
    approversOf: 'rollback',
    subject: 'rollback',
    choices: approveOrReject,
    title: 'Approve rollback',
    question: 'May this migration be rolled back on the target?',
    onApproval:
      'The rollback runs on the target. Rows that were written into what the migration created are lost with it.',
    onRejection: 'The migration stays applied, and the incident report says so.',
    attestations: {},
    measuredLater: [],
    acceptsExceptions: false,
  },
  ...ofRounds('again', () => again),
  ...ofRounds('rollback-again', () => rollbackAgain),
};

/** The question as it is put; `standing` is what is committed of a migration that is only partly applied. */
export const questionOf = ({
  stage,
  standing,
}: {
  readonly stage: Stage;
  readonly standing?: string;
}): StageQuestion =>
  isAgain(stage) && !isRollbackAgain(stage) && standing !== undefined ? againBehindUnits : stageQuestions[stage];
