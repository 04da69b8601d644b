/** Describes what the AWS SDK throws in one sentence: the service's own words and the remedy. */

type SdkError = {
  readonly name?: string;
  readonly message?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string; readonly attempts?: number };
};

const remedies: readonly { readonly names: readonly string[]; readonly remedy: string }[] = [
  {
    names: ['AccessDenied', 'AccessDeniedException', 'KMS.AccessDeniedException', 'NotAuthorized'],
    remedy:
      "the role that asked, a function's or your own, is not allowed to; deploy again, and look for a bucket, key or account policy that denies",
  },
  {
    names: [
      'SlowDown',
      'Throttling',
      'ThrottlingException',
      'TooManyRequestsException',
      'ThrottledException',
      'RequestLimitExceeded',
    ],
    remedy: 'the service asked to slow down; trying again later helps, and a higher quota if it happens often',
  },
  {
    names: ['ExpiredToken', 'ExpiredTokenException', 'InvalidClientTokenId', 'UnrecognizedClientException'],
    remedy: 'the credentials are not valid, or no longer; renew them',
  },
  {
    names: ['CredentialsProviderError'],
    remedy: 'no credentials were found; set them as the AWS SDK expects them',
  },
  { names: ['NoSuchBucket'], remedy: 'the bucket is gone; deploy again or correct its name' },
  {
    names: [
      'MessageRejected',
      'MailFromDomainNotVerifiedException',
      'AccountSuspendedException',
      'SendingPausedException',
    ],
    remedy: 'verify the sender (in the sandbox the recipients too) in Amazon SES in this region',
  },
];

/** True when the error carries one of the names; the SDK's classes differ between copies, names do not. */
export const isNamed = (error: unknown, ...names: readonly string[]): boolean =>
  names.includes((error as SdkError | null)?.name ?? '');

/** `SlowDown (503): Please reduce your request rate; the service asked to …`. */
export const describeFailure = (error: unknown): string => {
  const { name = 'Error', message = '', $metadata: metadata } = (error ?? {}) as SdkError;
  const remedy = remedies.find(({ names }) => names.includes(name))?.remedy;
  const status = metadata?.httpStatusCode ? ` (${metadata.httpStatusCode})` : '';
  const request = metadata?.requestId ? `, request ${metadata.requestId}` : '';
  return `${name}${status}${request}: ${message || 'no message'}${remedy ? `; ${remedy}` : ''}`;
};
