/** The resources that a task can have, as the history words them. */
import type { TaskState } from '../definition';
import { region } from '../names';

export const waitsForToken = ({ Resource }: TaskState) => Resource.endsWith('.waitForTaskToken');

export const startsExecution = ({ Resource }: { readonly Resource: string }) =>
  Resource.includes(':states:startExecution');

/** `arn:aws:states:::lambda:invoke` is the resource `invoke` of the type `lambda`. */
export const resourceOf = ({ Resource }: TaskState) => {
  const [resourceType = '', ...resource] = Resource.slice('arn:aws:states:::'.length).split(':');
  return { resourceType, resource: resource.join(':') };
};

/** TaskScheduled names the region too. */
export const scheduledResourceOf = (state: TaskState) => ({ ...resourceOf(state), region });
