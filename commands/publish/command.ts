/** `npm run publish-migrations`: puts a folder of migrations where the deployed workflow reads them. */
import '#command-line/require-node';
import path from 'node:path';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { S3Client } from '@aws-sdk/client-s3';
import { createS3ArtifactStore } from '#adapters/aws/s3-artifact-store';
import { createS3ProjectDocuments } from '#adapters/aws/s3-project-documents';
import { readStatisticsFile } from '#adapters/folder/statistics-file';
import { parseCommandLine, runCommand, say } from '#command-line/command';
import { exitCodes } from '#command-line/exit-codes';
import { openS3 } from '#commands/stores/open-s3';
import { readStackOutput } from '#commands/stores/stack-output';
import { count } from '#domain/count';
import { formNamed } from '#domain/folders/all-forms';
import { statisticsFileName } from '#domain/tables/production-statistics';
import { terminalLine } from '#domain/text/lines';
import { onOneLine } from '#domain/text/visible';
import { readOwnConfig } from '#infra/config';
import { stackNameOf } from '#infra/stack-names';
import type { Publication } from './plan-publication';
import { publish } from './publish';
import { readMigrations } from './read-migrations';

const usage = `Puts migrations and their checks where the deployed workflow reads them; every file is parsed first.

  npm run publish-migrations                               the folder migrations/
  npm run publish-migrations -- --migrations ../shop/migrations

Options
  --migrations DIR   the folder (default: migrations)
  --form FORM        in which form they are, where the folder shows several or none
  --bucket NAME      the bucket (default: the one of the installation in checklist.config.yaml)
  --statistics FILE  how large production's tables are, as npm run statistics writes it (default:
                     production-statistics.json beside the folder, if it is there)
  --remove           delete what was published earlier and is no longer in the folder
  --help             this text

Credentials are those of the AWS SDK: AWS_PROFILE and so on. The region is the one of checklist.config.yaml; where there is none, AWS_REGION.
Exit codes: 0 published, 1 a file was refused or AWS did not answer, 2 what was given is wrong: options, configuration.`;

const signs: Readonly<Record<Publication['change'], string>> = {
  new: '+ new       ',
  changed: '~ changed   ',
  unchanged: '= unchanged ',
  gone: '- removed   ',
};

const findDeployedStore = async () => {
  const config = readOwnConfig(process.cwd());
  const region = config['installation.region'];
  const bucket = await readStackOutput(
    new CloudFormationClient({ region }),
    stackNameOf(config, 'storage'),
    'StoreBucketName',
  );
  return { client: new S3Client({ region }), bucket };
};

const main = async (): Promise<number> => {
  const { values } = parseCommandLine('npm run publish-migrations', {
    options: {
      migrations: { type: 'string', default: 'migrations' },
      form: { type: 'string' },
      bucket: { type: 'string' },
      statistics: { type: 'string' },
      remove: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    say(usage);
    return exitCodes.done;
  }
  const form = values.form === undefined ? null : formNamed(values.form).id;
  const files = await readMigrations(path.resolve(values.migrations), form);
  const statistics = await readStatisticsFile(path.resolve(values.migrations), values.statistics ?? null);
  say(terminalLine`${count(files.length, 'file')} in ${values.migrations} can be run`);
  const s3 = values.bucket ? { client: openS3(process.cwd()), bucket: values.bucket } : await findDeployedStore();
  say(`publishing to s3://${s3.bucket}/migrations/`);
  const store = createS3ArtifactStore(s3);
  for (const { name, change } of await publish(files, { store, remove: values.remove }))
    say(`  ${signs[change]}${onOneLine(name)}`);
  if (statistics) {
    await createS3ProjectDocuments(s3).write(statisticsFileName, statistics.text);
    say(
      `  = production's statistics of ${statistics.value.takenAt}: ${count(statistics.value.tables.length, 'table')}`,
    );
  } else say(`  no ${statisticsFileName}: boxes 3.4 and 3.5 will be open where the time grows with a table`);
  say('✓ Start an execution with {"migration": "<file>"} in the Step Functions console.');
  return exitCodes.done;
};

runCommand(main);
