/** `npm run verify-evidence -- <runId>`: checks that a run's evidence is complete and unchanged. */
import '#command-line/require-node';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createS3ArtifactStore } from '#adapters/aws/s3-artifact-store';
import { createFolderArtifactStore } from '#adapters/folder/folder-artifact-store';
import { parseCommandLine, runCommand, say, warn } from '#command-line/command';
import { exitCodes } from '#command-line/exit-codes';
import { findRun, type NamedStore } from '#commands/stores/find-run';
import { openS3 } from '#commands/stores/open-s3';
import { count } from '#domain/count';
import { InvalidInput } from '#domain/errors';
import { signOffIn } from '#domain/reports/decision-entry';
import type { PublicKeys } from '#domain/signatures/signature';
import { terminalLine } from '#domain/text/lines';
import { readPublicKeys } from '#local/secret-keys';
import { listStores } from '#local/state-directory';
import { type Verification, verifyEvidence } from './verify';

const usage = `Checks that nothing of a closed run was changed, added or removed, and that each answer follows from the stored facts.

  npm run verify-evidence -- <runId>                  of a run on this machine
  npm run verify-evidence -- <runId> --bucket NAME    of a run on AWS

Options
  --store DIR      the folder of the store; left out, the run is looked for in .local/store and .local/projects/*/store
  --bucket NAME    the bucket instead; credentials are those of the AWS SDK, the region is the one of
                   checklist.config.yaml or, where there is none, AWS_REGION
  --sha256 HASH    the sign-off's own hash from outside of the store: the team's mail, the execution's output, or
                   sign_off_sha256 in the target's migration_checklist.ledger
  --decision-log FILE  the same hash, looked up in docs/decisions.md
  --help           this text

Exit codes: 0 unchanged, 1 something differs, 2 what was given is wrong.`;

/** A store on this machine lies beside the keys of its runs; those of a bucket are in AWS KMS. */
type KnownStore = NamedStore & { readonly readKeys?: () => Promise<PublicKeys | null> };

const folder = (directory: string): KnownStore => ({
  option: `--store ${directory}`,
  readKeys: () => readPublicKeys(path.resolve(directory, '..')),
  store: createFolderArtifactStore({ directory: path.resolve(directory) }),
});

const storesOf = ({ bucket, store }: { readonly bucket?: string; readonly store?: string }): readonly KnownStore[] => {
  if (bucket)
    return [{ option: `--bucket ${bucket}`, store: createS3ArtifactStore({ client: openS3(process.cwd()), bucket }) }];
  return (store ? [store] : listStores()).map(folder);
};

const judgedInWords = ({ answers, reworded, notJudged }: Verification): readonly string[] =>
  notJudged.length > 0
    ? [
        `  The answers of ${count(notJudged.length, 'document')} of an older version were not judged again: that version did not store the facts.`,
      ]
    : [
        `✓ ${count(answers, 'answer')} judged again from the stored facts, and each of them follows`,
        ...(reworded > 0
          ? [
              `  ${count(reworded, 'answer')} of them in other words: another version of migration-checklist wrote them.`,
            ]
          : []),
      ];

const signedInWords = ({ fingerprints, isAnchored }: Verification): readonly string[] =>
  fingerprints === null
    ? ['  Nobody has signed it: version 0.3.0 and before did not. Its hash is the one that you gave.']
    : [
        isAnchored
          ? '✓ questions, decisions and the last document are signed with the keys of this installation'
          : '✓ questions, decisions and the last document are signed with the keys beside the evidence; compare their fingerprints with those in the mails:',
        ...Object.entries(fingerprints).map(([signer, fingerprint]) => `    ${signer}: ${fingerprint}`),
      ];

const reports: Readonly<Record<NonNullable<Verification['report']>, string>> = {
  'made again': '✓ the report was made again from the evidence, and is the same byte for byte',
  'by its hash':
    '✓ the report has the hash that the last one names; another version wrote it, so it was not made again',
  'pin missing': '  The report was compared by its hash only: no document holds what the run was pinned to.',
  none: '  There is no report: the last document says that none could be made.',
  'not covered': '  The report was not compared: the version that wrote it kept no hash of it.',
};

const reportInWords = ({ report }: Verification): readonly string[] => [
  report === null ? '  The report was not compared: no document closes the run.' : reports[report],
];

/** Errors: InvalidInput when the log says nothing of the run. */
const hashInLog = async (file: string | null, runId: string): Promise<string | null> => {
  if (file === null) return null;
  const text = await readFile(file, 'utf8').catch(() => {
    throw new InvalidInput(`${file} cannot be read; expected the project's docs/decisions.md`);
  });
  const sha256 = signOffIn(text, runId);
  if (sha256 === null)
    throw new InvalidInput(
      `${file} holds no sign-off of run ${runId}; expected the entry that Sign off adds to docs/decisions.md`,
    );
  return sha256;
};

const main = async (): Promise<number> => {
  const { values, positionals } = parseCommandLine('npm run verify-evidence', {
    options: {
      store: { type: 'string' },
      bucket: { type: 'string' },
      sha256: { type: 'string' },
      'decision-log': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  if (values.help) {
    say(usage);
    return exitCodes.done;
  }
  const [runId = null] = positionals;
  const stores = storesOf(values);
  const { option, store } = await findRun(stores, runId);
  const keys = (await stores.find((one) => one.store === store)?.readKeys?.()) ?? null;
  say(terminalLine`  ${runId ?? ''} in ${option}`);
  const witness = values.sha256 ?? (await hashInLog(values['decision-log'] ?? null, runId ?? ''));
  const verification = await verifyEvidence(store, runId ?? '', witness, keys);
  const { documents, unsigned } = verification;
  // Nothing but its hash from elsewhere vouches for a run that nobody has signed.
  const problems = [...verification.problems, ...(unsigned !== null && witness === null ? [unsigned] : [])];
  for (const { sha256, key } of documents) say(terminalLine`  ${sha256}  ${key}`);
  for (const problem of problems) warn(terminalLine`✗ ${problem}`);
  if (problems.length > 0) return exitCodes.failed;
  say(
    `✓ ${count(documents.length, 'document')}, one unbroken chain, and everything that the last one lists is unchanged`,
  );
  for (const inWords of [judgedInWords, reportInWords, signedInWords])
    for (const line of inWords(verification)) say(line);
  for (const note of verification.notes) say(terminalLine`  ${note}`);
  say(
    witness === null
      ? '  To be sure that the last one was not replaced, pass its hash from another source: --sha256 or --decision-log.'
      : '✓ the hash of the last one is the one that was told outside of the store',
  );
  return exitCodes.done;
};

runCommand(main);
