import type { FunctionRow } from './function-table';
import type { Grant } from './port-grants';

/** Permissions on the bucket, by the prefixes of the function's row. */
export const storeGrants = ({ reads, writes, removes }: FunctionRow, bucketArn: string): readonly Grant[] => {
  const below = (prefixes: readonly string[]) => prefixes.map((prefix) => `${bucketArn}/${prefix}*`);
  const grants: readonly Grant[] = [
    // Without it S3 answers 403 instead of 404 for a key that is not there, and "not there" is an answer we need. A condition
    // on the prefix would not be met by GetObject, which has none.
    { actions: ['s3:ListBucket'], resources: [bucketArn] },
    { actions: ['s3:GetObject'], resources: below(reads) },
    { actions: ['s3:PutObject'], resources: below(writes) },
    { actions: ['s3:DeleteObject'], resources: below(removes) },
  ];
  return grants.filter(({ resources }) => resources.length > 0);
};
