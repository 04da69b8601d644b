/** Names and ARNs as Step Functions forms them; account and region are fixed, because there is only one machine. */
import { createHash } from 'node:crypto';

const regionAndAccount = 'us-east-1:000000000000';

/** What `$states.context.Execution.RoleArn` and DescribeStateMachine show; nothing is ever authorised with it. */
export const roleArn = 'arn:aws:iam::000000000000:role/local-engine';

export const region = 'us-east-1';

export const stateMachineArnOf = (stateMachine: string) =>
  `arn:aws:states:${regionAndAccount}:stateMachine:${stateMachine}`;

export const executionArnOf = (stateMachine: string, execution: string) =>
  `arn:aws:states:${regionAndAccount}:execution:${stateMachine}:${execution}`;

/** Null when the text is not an execution's ARN. */
export const parseExecutionArn = (arn: string): { readonly stateMachine: string; readonly name: string } | null => {
  const match = /^arn:aws[\w-]*:states:[\w-]+:\d{12}:execution:([^:]+):([^:]+)$/.exec(arn);
  return match?.[1] && match[2] ? { stateMachine: match[1], name: match[2] } : null;
};

export const isStateMachineArn = (arn: string) => /^arn:aws[\w-]*:states:[\w-]+:\d{12}:stateMachine:[^:]+$/.test(arn);

// API_StartExecution: no white space, brackets, wildcards, special or control characters.
const forbiddenInNames = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}\p{Cs}\p{Cn}]/u;

/** An execution's name: 1 to 80 characters, as the API documents them. */
export const isExecutionName = (name: string) => name.length >= 1 && name.length <= 80 && !forbiddenInNames.test(name);

/**
 * The id that names an execution's journal and is part of its task tokens. The hash keeps `a` and `A` apart on file systems that
 * do not, and names that have characters no file name can have.
 */
export const journalIdOf = (execution: string) => {
  const hash = createHash('sha256').update(execution).digest('hex').slice(0, 12);
  return `${execution.replace(/[^A-Za-z0-9-]/g, '_').slice(0, 60)}-${hash}`;
};

/** `OpenRun` of `arn:aws:lambda:eu-west-1:123456789012:function:OpenRun:live`, or the name itself. */
export const functionNameOf = (nameOrArn: string) =>
  /^arn:aws[\w-]*:lambda:[^:]*:[^:]*:function:([^:]+)/.exec(nameOrArn)?.[1] ?? nameOrArn;
