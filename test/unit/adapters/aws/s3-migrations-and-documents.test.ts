import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { createS3MigrationSource } from '#adapters/aws/s3-migration-source';
import { createS3ProjectDocuments } from '#adapters/aws/s3-project-documents';
import { s3InMemory, serviceError } from './s3-in-memory';

const bucket = 'evidence';

const put = (client: ReturnType<typeof s3InMemory>['client'], key: string, text: string) =>
  client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: text }));

test('the migrations are the .sql files right below migrations/, by version, without checks files', async () => {
  const { client } = s3InMemory();
  const names = [
    '10_last.sql',
    '002_second.sql',
    '001_first.sql',
    '001_first.checks.sql',
    'README.md',
    'old/003_x.sql',
  ];
  for (const name of names) await put(client, `migrations/${name}`, name);
  await put(client, 'documents/004_not_here.sql', '');

  const migrations = createS3MigrationSource({ client, bucket });

  expect(await migrations.list()).toEqual(['001_first.sql', '002_second.sql', '10_last.sql']);
});

test('a migration is read with its exact bytes, checks files too; what is not there is null', async () => {
  const { client } = s3InMemory();
  await put(client, 'migrations/001_first.sql', '-- ä\r\n');
  await put(client, 'migrations/001_first.checks.sql', '-- test: x');

  const migrations = createS3MigrationSource({ client, bucket });

  expect(await migrations.read('001_first.sql')).toEqual(Buffer.from('-- ä\r\n'));
  expect(await migrations.read('001_first.checks.sql')).toEqual(Buffer.from('-- test: x'));
  expect(await migrations.read('002_second.sql')).toBeNull();
});

test('a path is no migration, whatever lies there', async () => {
  const { client, mock } = s3InMemory();

  expect(await createS3MigrationSource({ client, bucket }).read('../documents/secret.sql')).toBeNull();
  expect(mock.commandCalls(GetObjectCommand)).toHaveLength(0);
});

test('a document is proposed below documents/ and read back from there', async () => {
  const { client } = s3InMemory();
  const documents = createS3ProjectDocuments({ client, bucket });

  expect(await documents.read('decisions.md')).toBeNull();
  expect(await documents.write('decisions.md', '# Größe\n')).toBe('s3://evidence/documents/decisions.md');
  expect(await documents.read('decisions.md')).toBe('# Größe\n');
});

test('a document that cannot be written says so under our name', async () => {
  const { client, mock } = s3InMemory();
  mock.on(PutObjectCommand).rejects(serviceError('AccessDenied', 403));

  await expect(createS3ProjectDocuments({ client, bucket }).write('decisions.md', 'x')).rejects.toMatchObject({
    name: 'StoreFailed',
    message: expect.stringContaining('s3://evidence/documents/decisions.md cannot be written: AccessDenied (403)'),
  });
});
