/** The workflows as the engine of this machine runs them: the very files that are deployed, with local functions. */

import { executionArnOf, parseExecutionArn, stateMachineArnOf } from '#local/engine/names';
import { loadDefinition, substitute, type WorkflowName } from '#statemachine/load-definition';
import { functionArns } from './functions';

/** As an installation of the default name has them on AWS. */
const names: Readonly<Record<WorkflowName, string>> = {
  'migration-checklist': 'MigrationChecklist',
  'migration-rollback': 'MigrationChecklist-rollback',
};

export const rollbackArn = stateMachineArnOf(names['migration-rollback']);

const workflowOf = (name: WorkflowName) => ({
  definition: substitute(loadDefinition(name), { ...functionArns, RollbackWorkflowArn: rollbackArn }),
  stateMachineName: names[name],
});

/** For the engine: a migration is started where nothing else is named. */
export const workflowsHere = () => ({
  ...workflowOf('migration-checklist'),
  others: [workflowOf('migration-rollback')],
});

/** The execution that is the run of a rollback. */
export const rollbackExecutionOf = (runId: string) => executionArnOf(names['migration-rollback'], runId);

export const isRollback = (executionArn: string): boolean =>
  parseExecutionArn(executionArn)?.stateMachine === names['migration-rollback'];

export const workflowArns = Object.values(names).map(stateMachineArnOf);
