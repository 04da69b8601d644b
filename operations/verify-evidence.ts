/** `npm run verify-evidence -- <runId>`: checks that a run's evidence is complete and unchanged. */
import path from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { parseCommandLine, runCommand, say } from '../command-line/command';
import { exitCodes } from '../command-line/exit-codes';
import { createS3ArtifactStore } from '../lambdas/adapters/aws/s3-artifact-store';
import { createFolderArtifactStore } from '../lambdas/adapters/folder/folder-artifact-store';
import { InvalidInput } from '../lambdas/domain/errors';
import { verifyEvidence } from './verify';

const usage = `Checks that nothing of a closed run was changed, added or removed.

  npm run verify-evidence -- <runId>                  of a run on this machine
  npm run verify-evidence -- <runId> --bucket NAME    of a run on AWS

Options
  --store DIR      the folder of the store (default: .local/store)
  --bucket NAME    the bucket instead; credentials and region are those of the AWS SDK
  --sha256 HASH    the sign-off's own hash, from the execution's output
  --help           this text

Exit codes: 0 unchanged, 1 something differs, 2 what was given is wrong.`;

const main = async (): Promise<number> => {
  const { values, positionals } = parseCommandLine('npm run verify-evidence', {
    options: {
      store: { type: 'string', default: '.local/store' },
      bucket: { type: 'string' },
      sha256: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  if (values.help) {
    say(usage);
    return exitCodes.done;
  }
  const [runId] = positionals;
  const { bucket } = values;
  const store = bucket
    ? createS3ArtifactStore({ client: new S3Client(), bucket })
    : createFolderArtifactStore({ directory: path.resolve(values.store) });
  const runs = [...new Set((await store.list('runs/')).map((key) => key.split('/')[1] ?? ''))];
  if (!runId || !runs.includes(runId))
    throw new InvalidInput(
      `${runId ? `there is no run "${runId}"` : 'no run was named'} in ${bucket ?? values.store}; there are: ${runs.join(', ') || 'none'}`,
    );
  const { documents, problems } = await verifyEvidence(store, runId, values.sha256 ?? null);
  for (const { sha256, key } of documents) say(`  ${sha256}  ${key}`);
  for (const problem of problems) process.stderr.write(`✗ ${problem}\n`);
  if (problems.length > 0) return exitCodes.failed;
  say(`✓ ${documents.length} documents, one unbroken chain, and everything that the last one lists is as it was`);
  if (!values.sha256)
    say('  To be sure that the last one was not replaced too, name its hash from elsewhere with --sha256.');
  return exitCodes.done;
};

runCommand(main);
