import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { startOf } from '#local/postgres/processes';
import { holdFolder } from '#local/single-process';
import { withFolder } from '#test/support/with-folder';

const holderIn = async (directory: string) =>
  JSON.parse(await readFile(path.join(directory, 'process'), 'utf8')) as { processId: number; start: string };

/** A living process that is not ours, for the length of the callback. */
const withOtherProcess = async (work: (other: ChildProcess & { pid: number }) => Promise<void>) => {
  const other = spawn(process.execPath, ['-e', 'process.stdout.write("."); setInterval(() => {}, 1e6)']);
  await once(other.stdout, 'data');
  try {
    await work(other as typeof other & { pid: number });
  } finally {
    const ended = other.exitCode === null && other.signalCode === null ? once(other, 'exit') : null;
    other.kill('SIGKILL');
    await ended;
  }
};

test('a folder is held until it is given free, and nothing else is left in it', () =>
  withFolder(async (directory) => {
    const folder = path.join(directory, 'made', 'when-needed');

    const release = await holdFolder(folder);

    expect(await holderIn(folder)).toEqual({ processId: process.pid, start: await startOf(process.pid) });
    expect(await readdir(folder)).toEqual(['process']);
    await release();
    expect(await readdir(folder)).toEqual([]);
  }));

test('a second hold is refused with the number of the process that has it', () =>
  withFolder((directory) =>
    withOtherProcess(async ({ pid }) => {
      const holder = { processId: pid, start: await startOf(pid) };
      await writeFile(path.join(directory, 'process'), JSON.stringify(holder));

      await expect(holdFolder(directory, { waitMs: 0 })).rejects.toThrow(
        `process ${pid} is already running on ${directory}`,
      );

      expect(await readdir(directory)).toEqual(['process']);
      expect(await holderIn(directory)).toEqual(holder);
    }),
  ));

test('the same process cannot hold it twice', () =>
  withFolder(async (directory) => {
    const release = await holdFolder(directory);

    await expect(holdFolder(directory, { waitMs: 0 })).rejects.toThrow(`process ${process.pid} is already running`);
    await release();
    await expect(holdFolder(directory)).resolves.toBeInstanceOf(Function);
  }));

test('of many who want it at once one has it', () =>
  withFolder(async (directory) => {
    const wishes = await Promise.allSettled(Array.from({ length: 4 }, () => holdFolder(directory, { waitMs: 0 })));

    expect(wishes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  }));

test('a killed process holds nothing', () =>
  withFolder((directory) =>
    withOtherProcess(async (other) => {
      const holder = { processId: other.pid, start: await startOf(other.pid) };
      await writeFile(path.join(directory, 'process'), JSON.stringify(holder));
      const ended = once(other, 'exit');
      other.kill('SIGKILL');
      await ended;

      await holdFolder(directory);

      expect(await holderIn(directory)).toMatchObject({ processId: process.pid });
    }),
  ));

test('a killed process that nobody has reaped holds nothing', () =>
  withFolder(async (directory) => {
    // A shell that never asks how its child ended, with a sleep for a child.
    const parent = spawn('sh', ['-c', 'sleep 1000 & echo $!; exec sleep 1000'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    try {
      const [printed] = (await once(parent.stdout, 'data')) as [Buffer];
      const processId = Number(printed.toString());
      const start = await startOf(processId);
      await writeFile(path.join(directory, 'process'), JSON.stringify({ processId, start }));
      process.kill(processId, 'SIGKILL');

      await holdFolder(directory);

      expect(start).toMatch(/\d/);
      expect(await holderIn(directory)).toMatchObject({ processId: process.pid });
      // Still there, as a process of the system.
      expect(() => process.kill(processId, 0)).not.toThrow();
    } finally {
      const ended = once(parent, 'exit');
      parent.kill('SIGKILL');
      await ended;
    }
  }));

test('a start right after a kill waits for the process that is about to end', () =>
  withFolder((directory) =>
    withOtherProcess(async (other) => {
      const holder = { processId: other.pid, start: await startOf(other.pid) };
      await writeFile(path.join(directory, 'process'), JSON.stringify(holder));
      setTimeout(() => other.kill('SIGKILL'), 300);

      await holdFolder(directory, { waitMs: 10_000 });

      expect(await holderIn(directory)).toMatchObject({ processId: process.pid });
    }),
  ));

test('another process that got the number of a dead one holds nothing', () =>
  withFolder((directory) =>
    withOtherProcess(async ({ pid }) => {
      await writeFile(path.join(directory, 'process'), JSON.stringify({ processId: pid, start: 'long ago' }));

      await holdFolder(directory);

      expect(await holderIn(directory)).toMatchObject({ processId: process.pid });
    }),
  ));

test.each(['', '{"proce', 'null', '[]', '{}', '{"processId":"x"}'])(
  'what a lost machine left half written holds nothing: %j',
  (text) =>
    withFolder(async (directory) => {
      await writeFile(path.join(directory, 'process'), text);

      await holdFolder(directory);

      expect(await holderIn(directory)).toMatchObject({ processId: process.pid });
    }),
);
