/**
 * Which approver a caller is whom IAM has authenticated. A permission to call says nothing of that: the configuration names who is who.
 */

/** An approver's address → ARNs of IAM users, of roles that only this person may assume, or of sessions of IAM Identity Center. */
export type Principals = Readonly<Record<string, readonly string[]>>;

const roleForm = /^arn:([a-z-]+):iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/;
const sessionForm = /^arn:([a-z-]+):sts::(\d{12}):assumed-role\/([^/]+)\/[^/]+$/;

/** Partition, account and name of the role: the ARN of a session does not have the role's path. */
const roleOf = (form: RegExp, arn: string): string | null => form.exec(arn)?.slice(1).join(' ') ?? null;

/** `caller` as API Gateway names it. The name of a role's session counts only where the configuration names the session. */
const isCalledBy = (principal: string, caller: string): boolean => {
  const role = roleOf(roleForm, principal);
  return principal === caller || (role !== null && role === roleOf(sessionForm, caller));
};

/**
 * The address of the approver whose principal the caller is; null for everybody else.
 *
 * @example
 * approverOf({ 'ada@example.org': ['arn:aws:iam::123456789012:role/AdaApproves'] },
 *   'arn:aws:sts::123456789012:assumed-role/AdaApproves/laptop') // 'ada@example.org'
 */
export const approverOf = (principals: Principals, caller: string): string | null => {
  const found = Object.entries(principals).filter(([, arns]) => arns.some((arn) => isCalledBy(arn, caller)));
  // Who might be two people is neither.
  return found.length === 1 ? (found[0]?.[0] ?? null) : null;
};
