/** A log group as all of ours are: encrypted with the installation's key, kept for half a year. */
import { RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, type LogGroupProps, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/** It goes with its stack when it has a name, because the next deployment could not make another of that name. */
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
