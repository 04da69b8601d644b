import { KMSClient } from '@aws-sdk/client-kms';
import { createKmsSigning } from '#adapters/aws/kms-signing';
import type { Signing } from '#lambdas/ports/signing';
import { type Environment, readText } from '../environment';
import { rememberSuccess } from '../remember-success';

export const makeSigning = (environment: Environment): Signing => {
  const signing = createKmsSigning(new KMSClient(), {
    requests: readText(environment, 'SIGNING_KEY_REQUESTS', 'the ARN of the key that signs requests'),
    decisions: readText(environment, 'SIGNING_KEY_DECISIONS', 'the ARN of the key that signs decisions'),
    closing: readText(environment, 'SIGNING_KEY_CLOSING', 'the ARN of the key that signs what closes a run'),
  });
  // A key in KMS has one public half for as long as it lives.
  return { ...signing, publicKeys: rememberSuccess(() => signing.publicKeys()) };
};
