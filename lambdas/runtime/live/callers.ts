import { createStsCallers } from '#adapters/aws/sts-callers';
import { identityHost } from '#domain/approvals/caller-proof';
import type { Callers } from '#lambdas/ports/people';
import { type Environment, readText } from '../environment';

/** AWS_REGION is Lambda's own variable. */
export const makeCallers = (environment: Environment): Callers =>
  createStsCallers(`https://${identityHost(readText(environment, 'AWS_REGION', "the function's region"))}`);
