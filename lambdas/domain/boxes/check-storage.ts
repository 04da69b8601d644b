import type { BoxAnswer } from '#domain/evidence/document';

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

/** 2: a rewrite keeps the old and the new copy of a table until the commit. */
const growthFactor = 2;

/** 64 MB: catalog, write-ahead log and indexes of a migration that only makes new objects. */
const leastGrowthBytes = 64e6;

/** Box 4.4: room to rewrite the largest table. What a migration makes anew is not known before the dry run. */
export const checkStorage = ({
  usedBytes,
  limitBytes,
  tables,
}: {
  readonly usedBytes: number;
  readonly limitBytes: number | null;
  readonly tables: readonly { readonly table: string; readonly sizeBytes: number }[];
}): BoxAnswer => {
  const largest = Math.max(0, ...tables.map(({ sizeBytes }) => sizeBytes));
  const growthBytes = Math.max(leastGrowthBytes, growthFactor * largest);
  const facts = { usedBytes, limitBytes, growthBytes };
  if (limitBytes === null)
    return {
      box: '4.4',
      answer: 'open',
      reason: 'neither the platform nor the server tells how much room there is',
      facts,
    };
  const freeBytes = limitBytes - usedBytes;
  const reckoned = `${megabytes(growthBytes)} reckoned with: twice the largest table, ${megabytes(leastGrowthBytes)} at least; how much the migration takes the dry run measures`;
  return freeBytes >= growthBytes
    ? {
        box: '4.4',
        answer: 'proved',
        reason: `${megabytes(freeBytes)} free, ${reckoned}`,
        facts,
      }
    : {
        box: '4.4',
        answer: 'failed',
        reason: `${megabytes(freeBytes)} free, ${reckoned}; make room or raise the plan's limit`,
        facts,
      };
};
