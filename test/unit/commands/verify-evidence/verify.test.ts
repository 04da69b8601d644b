import { verifyEvidence } from '#commands/verify-evidence/verify';
import { type Manifest, manifestText } from '#domain/backup/manifest';
import { sha256Of } from '#domain/sha256';
import { listBelongings } from '#lambdas/record/belongings';
import { writeJson } from '#lambdas/record/json';
import { backupKey, documentKey, olderBackupKey, pinnedKeys, singleFileBackupKeys } from '#lambdas/record/keys';
import { document } from '#test/support/documents';
import { memoryStore } from '#test/support/fake-ports';
import { writeUpTo } from '#test/support/run-in-store';

const runId = 'run-1';
const dump = 'the dump';
const { migration } = pinnedKeys(runId);
const closingKey = documentKey(runId, 'close-run');

/** A run with its migration and its dump, closed. */
const closedRun = async (dumpSha256: string | null = sha256Of(dump)) => {
  const store = memoryStore({
    [migration]: 'SELECT 1;',
    ...(dumpSha256 !== null && { [olderBackupKey(runId)]: dump }),
  });
  const written = await writeUpTo(store, 'create-branch');
  const backup = document('05-backup-database', {
    previous: [written.get('create-branch')?.sha256 ?? ''],
    finishedAt: '2026-11-22T09:00:02.000Z',
    boxes: [
      dumpSha256 === null
        ? { box: '5.3', answer: 'failed', reason: 'there is no dump', facts: { sha256: 'of a dump that is not kept' } }
        : { box: '5.3', answer: 'proved', reason: 'it was restored', facts: { sha256: dumpSha256 } },
    ],
  });
  const backedUp = await writeJson(store, documentKey(runId, '05-backup-database'), backup);
  const closed = document('close-run', {
    previous: [backedUp.sha256],
    finishedAt: '2026-11-22T09:00:03.000Z',
    facts: { belongings: await listBelongings(store, runId, 'close-run') },
  });
  return { store, refs: [...written.values(), backedUp, await writeJson(store, closingKey, closed)] };
};

const problemsOf = async ({ store }: Awaited<ReturnType<typeof closedRun>>, sha256: string | null = null) =>
  (await verifyEvidence(store, runId, sha256)).problems;

test('of a run that nobody touched the documents are listed in their order, and nothing is wrong', async () => {
  const { store, refs } = await closedRun();

  expect(await verifyEvidence(store, runId, refs.at(-1)?.sha256 ?? '')).toMatchObject({
    documents: refs,
    problems: [],
  });
});

test('a dump in the folder of an older run that is not the one of Step 5 is told, and so is one that is gone', async () => {
  const changed = await closedRun();
  const gone = await closedRun();
  await changed.store.write(olderBackupKey(runId), 'another dump');
  await gone.store.remove(olderBackupKey(runId));

  for (const run of [changed, gone])
    expect(await problemsOf(run)).toEqual(['runs/run-1/backup.sql.gz is not the dump that was made']);
});

const [singleFileKey] = singleFileBackupKeys(runId);

/** As version 0.6.0 wrote it, or with the key and the files of another: the document names where the dump lies. */
const withDumpApart = async (key = singleFileKey as string, bytes = dump, files: Record<string, string> = {}) => {
  const store = memoryStore({ [migration]: 'SELECT 1;', [key]: bytes, ...files });
  const written = await writeUpTo(store, 'create-branch');
  const backedUp = await writeJson(
    store,
    documentKey(runId, '05-backup-database'),
    document('05-backup-database', {
      format: 2,
      version: '9.9.9',
      previous: [written.get('create-branch')?.sha256 ?? ''],
      finishedAt: '2026-11-22T09:00:02.000Z',
      facts: { backup: { key, sha256: sha256Of(bytes) } },
    }),
  );
  const closed = document('close-run', {
    previous: [backedUp.sha256],
    finishedAt: '2026-11-22T09:00:03.000Z',
    facts: { belongings: await listBelongings(store, runId, 'close-run') },
  });
  await writeJson(store, closingKey, closed);
  const told = async () =>
    (await verifyEvidence(store, runId, null)).problems.filter((one) =>
      / is no file of a run$| is not the dump |the manifest names|cannot be used/.test(one),
    );
  return { store, told };
};

test('a dump that lies apart is compared, and whatever lies beside it or in its old place is named', async () => {
  const [intact, changed, gone, stray, second] = [
    await withDumpApart(),
    await withDumpApart(),
    await withDumpApart(),
    await withDumpApart(),
    await withDumpApart(),
  ];
  await changed.store.write(singleFileKey, 'another dump');
  await gone.store.remove(singleFileKey);
  for (const name of ['x.txt', '05-backup-database.json.bak', 'deeper/backup.sql.gz'])
    await stray.store.write(`backups/run-1/${name}`, 'dropped');
  await second.store.write(olderBackupKey(runId), dump);

  expect(await intact.told()).toEqual([]);
  for (const run of [changed, gone])
    expect(await run.told()).toEqual(['backups/run-1/backup.sql.gz is not the dump that was made']);
  expect(await stray.told()).toEqual([
    'backups/run-1/05-backup-database.json.bak is no file of a run',
    'backups/run-1/deeper/backup.sql.gz is no file of a run',
    'backups/run-1/x.txt is no file of a run',
  ]);
  expect(await second.told()).toContain('runs/run-1/backup.sql.gz is no file of a run');
});

const file = (name: string) => ({ name, sizeBytes: name.length, sha256: sha256Of(name) });

const rowsFile = { ...file('rows/0001.sql.gz'), parts: [] };

const manifest = manifestText({
  format: 1,
  compression: 'gzip',
  readme: file('README.txt'),
  rolesScript: file('roles.sql'),
  scripts: {
    'before-rows': file('before-rows.sql.gz'),
    'large-objects': file('large-objects.sql.gz'),
    sequences: file('sequences.sql.gz'),
    'after-rows': file('after-rows.sql.gz'),
  },
  rows: [rowsFile],
  contents: file('contents.sql.gz'),
} as unknown as Manifest);

/** Each holds its own name. */
const filesBeside = Object.fromEntries(
  [
    ...['README.txt', 'roles.sql', 'before-rows.sql.gz', 'large-objects.sql.gz', 'sequences.sql.gz'],
    ...['after-rows.sql.gz', 'rows/0001.sql.gz', 'contents.sql.gz'],
  ].map((name) => [`backups/run-1/${name}`, name]),
);

test.each([
  ...Object.keys(filesBeside).map((key) => [key, `${key} has sha256 ${sha256Of('x')}; the manifest names`] as const),
  [backupKey(runId), `${backupKey(runId)} is not the dump that was made`] as const,
])('%s of a backup that is a folder is compared, and named when it is gone or changed', async (key, sentence) => {
  const [intact, changed, gone] = [
    await withDumpApart(backupKey(runId), manifest, filesBeside),
    await withDumpApart(backupKey(runId), manifest, filesBeside),
    await withDumpApart(backupKey(runId), manifest, filesBeside),
  ];
  await changed.store.write(key, 'x');
  await gone.store.remove(key);

  expect(await intact.told()).toEqual([]);
  expect(await changed.told()).toEqual([expect.stringContaining(sentence)]);
  expect(await gone.told()).toEqual([expect.stringMatching(/ is gone; the manifest names | is not the dump /)]);
});

test('a run whose backup failed has no dump to compare', async () => {
  expect(await problemsOf(await closedRun(null))).toEqual([]);
});

test('files beside the documents that were changed, removed or added are told', async () => {
  const [changed, gone, more] = [await closedRun(), await closedRun(), await closedRun()];
  await changed.store.write(migration, 'SELECT 2;');
  await gone.store.remove(migration);
  await more.store.write('runs/run-1/artifacts/late.json', '{}');

  expect(await problemsOf(changed)).toEqual([`${migration} was changed after the run`]);
  expect(await problemsOf(gone)).toEqual([`${migration} was removed after the run`]);
  expect(await problemsOf(more)).toEqual(['runs/run-1/artifacts/late.json is no file of a run']);
});

test('a report that is written behind the closing document is no addition', async () => {
  const run = await closedRun();
  for (const name of ['report.json', 'report.md', 'report.html']) await run.store.write(`runs/run-1/${name}`, '{}');

  expect(await problemsOf(run)).toEqual([]);
});

test('a document that was changed breaks the chain and the list of belongings', async () => {
  const run = await closedRun();
  const key = documentKey(runId, '05-backup-database');
  await run.store.write(key, run.store.texts()[key]?.replace('it was restored', 'it was restored twice') ?? '');

  const problems = await problemsOf(run);

  expect(problems).toContain(`${key} was changed after the run`);
  expect(problems).toContain(
    `the document with sha256 ${run.refs.at(-2)?.sha256} is missing: it was changed or removed`,
  );
});

test('a closing document that was replaced as a whole shows by its hash from elsewhere only', async () => {
  const run = await closedRun();
  const before = run.refs.at(-1)?.sha256 ?? '';
  const text = run.store.texts()[closingKey]?.replace('Title of close-run', 'Another title') ?? '';
  await run.store.write(closingKey, text);

  expect(await problemsOf(run)).toEqual([]);
  expect(await problemsOf(run, before)).toEqual([`${closingKey} has sha256 ${sha256Of(text)}, expected ${before}`]);
});

test('of a run that has not ended nothing but that is told', async () => {
  const run = await closedRun();
  await run.store.remove(closingKey);

  expect(await problemsOf(run, 'f00d')).toEqual([
    'there is no sign-off and no close-run: the run has not ended, or its last document is gone',
  ]);
});
