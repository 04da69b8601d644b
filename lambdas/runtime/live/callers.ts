import { createStsCallers } from '#adapters/aws/sts-callers';
import { identityHost } from '#domain/approvals/caller-proof';
import type { Callers } from '#lambdas/ports/people';
import { type Environment, readText } from '../environment';

/** AWS_REGION is Lambda's own variable; AWS_ENDPOINT_URL_STS is the SDK's, for an endpoint of one's own, and never the caller's to say. */
export const makeCallers = (environment: Environment): Callers =>
  createStsCallers(
    environment['AWS_ENDPOINT_URL_STS'] ??
      `https://${identityHost(readText(environment, 'AWS_REGION', "the function's region"))}`,
  );
