/** A log group with our defaults: encrypted with the installation's key, kept for half a year. */
import { RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, type LogGroupProps, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/** A log group with a name is deleted with its stack, because the next deployment could not create another of that name. */
export const makeLogGroup = (
  scope: Construct,
  id: string,
  props: Pick<LogGroupProps, 'logGroupName'> & { readonly encryptionKey: IKey },
): LogGroup =>
  new LogGroup(scope, id, {
    ...props,
    // From an incident to its post-mortem and the audit after it.
    retention: RetentionDays.SIX_MONTHS,
    removalPolicy: props.logGroupName === undefined ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
