/** `npm run verify-evidence -- <runId>`: checks that a run's evidence is complete and unchanged. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createFolderArtifactStore } from '../lambdas/adapters/folder/folder-artifact-store';
import {
  backupSha256,
  closingDocument,
  type StoredEvidence,
  verifyBelongings,
  verifyChain,
} from '../lambdas/domain/evidence/chain';
import type { EvidenceRef } from '../lambdas/domain/evidence/document';
import { readEvidenceWithRefs } from '../lambdas/evidence';
import type { ArtifactStore } from '../lambdas/ports';
import { listBelongings } from '../lambdas/runs/list-belongings';

const usage = 'npm run verify-evidence -- <runId> [--store DIR] [--sha256 HASH]   (default store: .local/store)';

const main = async (): Promise<number> => {
  const { values, positionals } = parseArgs({
    options: { store: { type: 'string', default: '.local/store' }, sha256: { type: 'string' } },
    allowPositionals: true,
  });
  const [runId] = positionals;
  const store = createFolderArtifactStore({ directory: path.resolve(values.store) });
  const runs = [...new Set((await store.list('runs/')).map((key) => key.split('/')[1] ?? ''))];
  if (!runId || !runs.includes(runId)) {
    process.stderr.write(
      `✗ ${runId ? `there is no run "${runId}"` : 'no run was named'} in ${values.store}; there are: ${runs.join(', ') || 'none'}\n${usage}\n`,
    );
    return 2;
  }
  const stored = await readEvidenceWithRefs(store, runId);
  for (const { ref } of stored) process.stdout.write(`  ${ref.sha256}  ${ref.key}\n`);
  const problems = [...verifyChain(stored), ...(await verifyRest(store, runId, stored, values.sha256 ?? null))];
  for (const problem of problems) process.stderr.write(`✗ ${problem}\n`);
  if (problems.length === 0)
    process.stdout.write(
      `✓ ${stored.length} documents, one unbroken chain, and everything that the last one lists is as it was\n${values.sha256 ? '' : '  To be sure that the last one was not replaced too, name its hash from elsewhere with --sha256.\n'}`,
    );
  return problems.length === 0 ? 0 : 1;
};

const hashOfStream = async (store: ArtifactStore, key: string): Promise<string | null> => {
  if (!(await store.list(key)).includes(key)) return null;
  const hash = createHash('sha256');
  for await (const chunk of await store.readStream(key)) hash.update(chunk as Buffer);
  return hash.digest('hex');
};

/** What the chain itself does not hold: files beside the documents, the dump, and the last document's own hash. */
const verifyRest = async (
  store: ArtifactStore,
  runId: string,
  stored: readonly StoredEvidence[],
  wanted: string | null,
): Promise<readonly string[]> => {
  const last = closingDocument(stored);
  if (!last) return [];
  const listed = (last.document.facts['belongings'] ?? []) as readonly EvidenceRef[];
  const backup = backupSha256(stored);
  const key = `runs/${runId}/backup.sql.gz`;
  return [
    ...verifyBelongings(listed, await listBelongings(store, runId, last.document.name)),
    ...(backup !== null && (await hashOfStream(store, key)) !== backup ? [`${key} is not the dump that was made`] : []),
    ...(wanted !== null && last.ref.sha256 !== wanted
      ? [`${last.ref.key} has sha256 ${last.ref.sha256}, expected ${wanted}`]
      : []),
  ];
};

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: Error) => {
    process.stderr.write(`✗ ${error.message}\n${usage}\n`);
    process.exitCode = 2;
  },
);
