import { manifestText, scriptNames } from '#domain/backup/manifest';
import { DatabaseUnreachable, PlatformFailed, StatementFailed } from '#domain/errors';
import type { EvidenceDocument } from '#domain/evidence/document';
import { evidenceOfStep } from '#lambdas/record/evidence';
import { run } from '#lambdas/steps/05-backup-database';
import { pin, readStored } from '#test/support/a-run';
import { fakeClock, fakePorts, memoryStore, testSettings } from '#test/support/fake-ports';

const backup = {
  uri: 'file:///backup',
  versionId: null,
  sha256: 'aa',
  sizeBytes: 10,
  durationMs: 1,
  tables: [],
  tools: {},
};

type Ways = {
  readonly databaseBytes?: number;
  readonly largestBackupGigabytes?: number | null;
  readonly isRestorable?: boolean;
  readonly verify?: () => Promise<unknown>;
  readonly keepDays?: number;
};

const file = (name: string) => ({ name, sizeBytes: 1, sha256: 'f'.repeat(64) });

/** A backup of years ago, of a run against the same target. */
const earlier: Readonly<Record<string, string>> = {
  'backups/old/manifest.json': manifestText({
    ...{ format: 1, madeBy: '0.8.0', madeAt: '2020-01-01T00:00:00.000Z', compression: 'gzip', rows: [] },
    ...{ readme: file('README.txt'), rolesScript: file('roles.sql'), contents: file('contents.sql.gz') },
    scripts: Object.fromEntries(scriptNames.map((name) => [name, file(`${name}.sql.gz`)])),
  } as never),
  'backups/old/roles.sql': 'roles',
};

/** Step 5 on a target of that size; the dumps that were made. */
const tried = async ({
  databaseBytes = 10_000_000,
  largestBackupGigabytes = null,
  isRestorable = true,
  verify,
  keepDays,
}: Ways) => {
  const store = memoryStore();
  for (const [key, text] of Object.entries(earlier)) await store.write(key, text);
  await store.write('runs/old/run.json', JSON.stringify(await pin()));
  const made: string[] = [];
  const limits = { functionSeconds: 900, backupMegabytesPerSecond: 20, largestBackupGigabytes };
  const ports = fakePorts({
    store,
    clock: fakeClock(),
    settings: testSettings({ runLimits: limits, backupKeepDays: keepDays ?? null }),
    database: { readDatabaseSize: async () => databaseBytes },
    platform: {
      describeTarget: async () => ({ platform: isRestorable ? 'neon' : 'postgres' }) as never,
      createBranch: async () =>
        ({ branchId: 'br-1', name: 'restore-point', expiresAt: '2026-12-07', parentLsn: '0/1', isRestorable }) as never,
    },
    backups: {
      make: async (_, key) => {
        made.push(key);
        return backup as never;
      },
      ...(verify && { verify: verify as never }),
    },
  });
  const input = { run: await pin(), previous: [], branch: { branchId: 'br-2', name: 'rehearsal' } };
  const error = await run(input as never, ports).then(
    () => null,
    (thrown: Error) => thrown,
  );
  const { boxes } = readStored<EvidenceDocument>(store, `runs/run-1/${evidenceOfStep(5).name}.json`);
  const left = Object.keys(store.texts()).filter((key) => key.startsWith('backups/old/'));
  return { error, boxes, made, left, answers: boxes.map(({ box, answer }) => [box, answer]) };
};

test.each([
  ['open', new DatabaseUnreachable('the session was lost: terminating connection')],
  ['open', new PlatformFailed('branch not found (HTTP 404)')],
  ['failed', new StatementFailed('relation "a" does not exist', { sqlState: '42P01', line: 1, statement: 0 })],
] as const)('box 5.2 is %s when the restore ends with %s', async (expected, error) => {
  const { error: thrown, boxes, answers } = await tried({ verify: () => Promise.reject(error) });

  expect(thrown).toBe(error);
  expect(answers).toEqual([
    ['5.1', 'proved'],
    ['5.2', expected],
    ['5.3', 'proved'],
  ]);
  expect(boxes[1]?.reason).toBe(`the restore did not finish: ${error.message}`);
});

test('above the configured size the restore point alone is the backup, and box 5.2 says that nothing was compared', async () => {
  const { error, made, boxes, answers } = await tried({ databaseBytes: 600e9, largestBackupGigabytes: 500 });

  expect({ error, made }).toEqual({ error: null, made: [] });
  expect(answers).toEqual([
    ['5.1', 'proved'],
    ['5.2', 'open'],
    ['5.3', 'proved'],
  ]);
  expect(boxes[0]?.reason).toContain(
    'restore point restore-point (branch br-1, until 2026-12-07) alone: the database has 600.0 GB',
  );
  expect(boxes[1]?.reason).toMatch(/^nothing was restored and compared: the database has 600\.0 GB, and above 500 GB/);
});

test('without a dump and without restore points nothing is proved, and the run stops', async () => {
  const ways = { databaseBytes: 600e9, largestBackupGigabytes: 500, isRestorable: false };
  const { error, answers } = await tried(ways);

  expect(error?.message).toContain('there is no backup');
  expect(answers).toEqual([
    ['5.1', 'failed'],
    ['5.2', 'open'],
    ['5.3', 'failed'],
  ]);
});

const equal = async () => ({ isEqual: true, tablesCompared: 0, rowsCompared: 0, differences: [], durationMs: 1 });

test('older backups expire once the new one was restored and compared, and not before', async () => {
  const broken = await tried({ keepDays: 90, verify: () => Promise.reject(new DatabaseUnreachable('cut')) });
  const forEver = await tried({ verify: equal });
  const good = await tried({ keepDays: 90, verify: equal });

  expect(broken.left).toContain('backups/old/roles.sql');
  expect(forEver.left).toContain('backups/old/roles.sql');
  expect(good.left.sort()).toEqual(['backups/old/expired.json', 'backups/old/manifest.json']);
  expect(good.boxes.at(-1)?.reason).toContain('its bytes are kept for 90 days at least');
  expect(forEver.boxes.at(-1)?.reason).not.toContain('kept for');
});
