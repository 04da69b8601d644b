/** `npm run verify-evidence -- <runId>`: checks that a run's evidence is complete and unchanged. */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createFolderArtifactStore } from '../lambdas/adapters/folder/folder-artifact-store';
import { verifyChain } from '../lambdas/domain/evidence/chain';
import { readEvidenceWithRefs } from '../lambdas/evidence';

const usage = 'npm run verify-evidence -- <runId> [--store DIR]   (default store: .local/store)';

const main = async (): Promise<number> => {
  const { values, positionals } = parseArgs({
    options: { store: { type: 'string', default: '.local/store' } },
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
  const problems = verifyChain(stored);
  for (const problem of problems) process.stderr.write(`✗ ${problem}\n`);
  if (problems.length === 0) process.stdout.write(`✓ ${stored.length} documents, one unbroken chain\n`);
  return problems.length === 0 ? 0 : 1;
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
