import { folderFailure } from '#adapters/folder/folder-artifact-store';
import { StatementFailed } from '#domain/errors';
import { type Disk, isDiskFull, whereThereIsRoom } from '#local/room-on-disk';

const full = () => folderFailure('write', '/srv/store', 'a.json', Object.assign(new Error('x'), { code: 'ENOSPC' }));

const diskWith = (free: readonly number[], lines: string[] = []): Disk => {
  const looks = [...free];
  return {
    folder: '/srv/.local',
    isOwnServer: true,
    freeBytes: async () => looks.shift() ?? 0,
    tell: (line) => lines.push(line),
    intervalMs: 1,
  };
};

test('what failed on a full disk is told with folder and room, and done again when there is more', async () => {
  const lines: string[] = [];
  let attempts = 0;
  const work = async () => {
    attempts += 1;
    if (attempts === 1) throw full();
    return 'done';
  };

  expect(await whereThereIsRoom(diskWith([1.5e6, 1.5e6, 70e6], lines), 'BackupDatabase', work)).toBe('done');
  expect(attempts).toBe(2);
  expect(lines).toEqual([
    'BackupDatabase: the disk of this machine is full, 1.5 MB are left for /srv/.local; free some space there. It is tried again as soon as there is room; Ctrl-C stops here, and the same command continues',
  ]);
});

test('it waits again as often as it has to', async () => {
  const lines: string[] = [];
  let left = 3;
  const work = async () => {
    left -= 1;
    if (left > 0) throw full();
    return 'done';
  };

  await whereThereIsRoom(diskWith([0, 64e6, 1e6, 65e6], lines), 'DryRun', work);

  expect(lines).toHaveLength(2);
});

test('another error passes through, and a run that is stopped does not wait', async () => {
  const lines: string[] = [];
  const refused = new Error('no');

  await expect(whereThereIsRoom(diskWith([], lines), 'x', () => Promise.reject(refused))).rejects.toBe(refused);
  await expect(
    whereThereIsRoom(diskWith([], lines), 'x', () => Promise.reject(full()), AbortSignal.abort()),
  ).rejects.toThrow('the disk is full');
  expect(lines).toEqual([]);
});

test('work that fails for want of room where there is room needs more than there is, and is not done again', async () => {
  const lines: string[] = [];
  let attempts = 0;
  const work = () => {
    attempts += 1;
    return Promise.reject(full());
  };

  await expect(whereThereIsRoom(diskWith([512e6], lines), 'DryRun', work)).rejects.toThrow('the disk is full');
  expect([attempts, lines]).toEqual([1, []]);
});

const ofServer = new StatementFailed('line 3: could not extend file', { sqlState: '53100', line: 3, statement: 0 });

test.each([
  ['a file of this machine', full(), true, true],
  ['the embedded server', ofServer, true, true],
  ['a server of the user', ofServer, false, false],
  ['a file of this machine beside a server of the user', full(), false, true],
  ['an error without a cause', new Error('lock'), true, false],
])('%s', (_, error, isOwnServer, isFull) => {
  expect(isDiskFull(error, isOwnServer)).toBe(isFull);
});
