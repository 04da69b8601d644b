/** Names of the stacks: also what a command looks for that works with a deployment. */
import type { Config } from './config';

/** In the order in which they are made; removing goes the other way. */
export const stackKinds = ['storage', 'approvals', 'functions', 'workflow', 'monitoring'] as const;

export type StackKind = (typeof stackKinds)[number];

export const stackNameOf = (config: Config, kind: StackKind) => `${config['installation.name']}-${kind}`;
