import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Config } from '../config';
import { makeDataKey } from '../constructs/data-key';
import { makeSigningKeys } from '../constructs/signing-keys';
import { makeStoreBucket } from '../constructs/store-bucket';
import { addStoreRules } from '../constructs/store-rules';
import { exportValue } from '../exports';
import { namesIn } from '../names';

/** The bucket, its key and the keys that sign, which outlive everything else. */
export class StorageStack extends Stack {
  constructor(scope: Construct, id: string, { config, ...props }: StackProps & { readonly config: Config }) {
    super(scope, id, { ...props, terminationProtection: true });
    const key = makeDataKey(this, `alias/${config['installation.name']}`);
    const bucket = makeStoreBucket(this, key, config);
    const names = namesIn(this, config);
    addStoreRules(bucket, names, config);
    exportValue(this, config, 'StoreBucketName', bucket.bucketName);
    exportValue(this, config, 'StoreBucketArn', bucket.bucketArn);
    exportValue(this, config, 'DataKeyArn', key.keyArn);
    const { requests, decisions, closing } = makeSigningKeys(this, names);
    exportValue(this, config, 'RequestsSigningKeyArn', requests.keyArn);
    exportValue(this, config, 'DecisionsSigningKeyArn', decisions.keyArn);
    exportValue(this, config, 'ClosingSigningKeyArn', closing.keyArn);
  }
}
