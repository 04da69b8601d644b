/** The two resources a task can have, as the history words them. */
import type { TaskState } from '../definition';
import { region } from '../names';

export const waitsForToken = ({ Resource }: TaskState) => Resource.endsWith('.waitForTaskToken');

export const resourceOf = ({ Resource }: TaskState) => ({
  resourceType: 'lambda',
  resource: Resource.slice('arn:aws:states:::lambda:'.length),
});

/** TaskScheduled names the region too. */
export const scheduledResourceOf = (state: TaskState) => ({ ...resourceOf(state), region });
