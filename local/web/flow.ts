/** The order of a run's states on the run's page. */
import { findStep, namesOf, type StepNumber } from '#lambdas/checklist';

// Step 13 before Step 7 on purpose: a rollback is tested before it can be needed.
type Entry = StepNumber | 'Open run' | 'Approve review' | 'Create branch' | 'Approve apply' | 'Sign off';

const order: readonly Entry[] = [
  'Open run',
  1,
  2,
  3,
  'Approve review',
  4,
  'Create branch',
  5,
  6,
  13,
  'Approve apply',
  7,
  8,
  9,
  10,
  11,
  12,
  14,
  15,
  16,
  'Sign off',
];

const nameOf = (entry: Entry) => (typeof entry === 'number' ? namesOf(findStep(entry)).stateName : entry);

/** The states of a successful run. */
export const expectedStates: readonly string[] = order.map(nameOf);

/** The states of a rollback that was asked for and ends well. */
const rollbackStates: readonly string[] = [
  'Open rollback',
  'Rehearse on now',
  nameOf(5),
  ...['Find blockers', 'Approve rollback', 'Roll back', 'Verify rollback', 'Report incident', 'Close run'],
];

/** Those of the workflow that has entered these. */
export const expectedOf = (entered: readonly string[]): readonly string[] =>
  entered.includes('Open rollback') ? rollbackStates : expectedStates;

/** Groups of other states, and states that only choose or end: they take no time and leave no evidence. */
const silent = new Set(['Review', 'Prepare', 'Validate', 'Run failed', 'Rolled back']);

/** False for groups, choices and the end. */
export const isWorthARow = (state: string): boolean => !silent.has(state) && !state.endsWith('?');
