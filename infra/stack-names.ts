/** Names of the stacks: also what a command looks for that works with a deployment. */
export const stackName = 'MigrationChecklist';

/** The one with the bucket; its output `BucketName`. */
export const storageStackName = stackName;
