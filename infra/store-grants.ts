import type { FunctionRow } from './function-table';
import type { Grant } from './grant';
import type { GrantContext } from './port-grants';

const useKey = (action: string, keyArn: string, reason: string): Grant => ({
  actions: [action],
  resources: [keyArn],
  reason,
});

/** A run's folder, the names beside its dump, and the migrations where it may read those. */
const listed = (asks: FunctionRow['asks']): readonly string[] => [
  'runs/*',
  'backups/*',
  ...(asks.includes('migrations') ? ['migrations/*'] : []),
];

/** Permissions on the bucket, by the prefixes of the function's row, and on the key that it is encrypted with. */
export const storeGrants = ({ asks, reads, writes, removes }: FunctionRow, context: GrantContext): readonly Grant[] => {
  const { bucketArn, keyArn } = context;
  const below = (patterns: readonly string[]) => patterns.map((pattern) => `${bucketArn}/${pattern}`);
  const grants: readonly Grant[] = [
    // IfExists, because GetObject of a key that is not there asks for this action without a prefix.
    {
      actions: ['s3:ListBucket'],
      resources: [bucketArn],
      conditions: { StringLikeIfExists: { 's3:prefix': listed(asks) } },
      reason:
        'lists what it may read, and gets 404 and not 403 for a key that does not exist: the function has to know a missing key from a refusal',
    },
    {
      actions: ['s3:GetObject'],
      resources: below(reads),
      reason: 'reads evidence and what belongs to it; the keys hold run ids, which nobody knows in advance',
    },
    {
      actions: ['s3:PutObject'],
      resources: below(writes),
      reason: "writes its own files, by name, and nobody else's; the keys hold run ids, which nobody knows in advance",
    },
    {
      actions: ['s3:DeleteObject'],
      resources: below(removes),
      reason: 'deletes what may be used only once, and of backups what has expired; nobody knows the keys in advance',
    },
    useKey('kms:Decrypt', keyArn, 'S3 decrypts what the function reads'),
    ...(writes.length > 0 ? [useKey('kms:GenerateDataKey', keyArn, 'S3 encrypts what the function writes')] : []),
  ];
  return grants.filter(({ resources }) => resources.length > 0);
};
