/** A program that backs up and verifies one database, to be bundled as a Lambda would be; prints what came of it. */
import { readFileSync } from 'node:fs';
import { createFolderArtifactStore } from '#adapters/folder/folder-artifact-store';
import { createBackups } from '#adapters/postgres/backup/backups';
import { readCatalog } from '#adapters/postgres/catalog/read-catalog';
import { fingerprintOf } from '#domain/catalog/fingerprint';
import type { ConnectionSettings } from '#lambdas/ports/platform';

const target = { branchId: 'target' } as const;

/** Not ru_maxrss on Linux: a process inherits that of the one that has started it. Both count in kilobytes. */
const peakResidentBytes = (): number => {
  const status = process.platform === 'linux' ? readFileSync('/proc/self/status', 'utf8') : '';
  const peak = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  return Number(peak ?? process.resourceUsage().maxRSS) * 1024;
};

const main = async () => {
  const [directory = '', scratch = ''] = process.argv.slice(2);
  const connection: ConnectionSettings = JSON.parse(process.env['BACKUP_CONNECTION'] ?? '');
  const backups = createBackups({
    connection: async ({ database = connection.database }) => ({ ...connection, database }),
    store: createFolderArtifactStore({ directory }),
    clock: { now: () => new Date() },
    readCatalog,
    fingerprintOf,
  });
  const residentBefore = process.memoryUsage().rss;
  const backup = await backups.make(target, 'b/manifest.json');
  const comparison = await backups.verify(target, backup, scratch);
  const extraBytes = peakResidentBytes() - residentBefore;
  process.stdout.write(JSON.stringify({ backup, comparison, extraBytes }));
};

main().catch((error: Error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
});
