import { Stack, type StackProps } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { Config } from '../config';
import { ApprovalPages } from '../constructs/approval-pages';
import { exportValue, importValue } from '../exports';
import { namesIn } from '../names';

/** The address of the approval pages. It is made before the functions, because their mails name it. */
export class ApprovalsStack extends Stack {
  constructor(scope: Construct, id: string, { config, ...props }: StackProps & { readonly config: Config }) {
    super(scope, id, props);
    const encryptionKey = Key.fromKeyArn(this, 'DataKey', importValue(config, 'DataKeyArn'));
    const pages = new ApprovalPages(this, 'ApprovalPages', { names: namesIn(this, config), encryptionKey });
    exportValue(this, config, 'ApprovalPagesUrl', pages.baseUrl);
    exportValue(this, config, 'ApprovalPagesApiId', pages.apiId);
  }
}
