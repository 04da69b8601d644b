/** Measures the main job as a user runs it: both samples to their sign-off on a machine that never ran them. */
import { spawn } from 'node:child_process';
import { chmod, cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

export type StartMeasurement = {
  readonly firstLineMs: number;
  readonly totalMs: number;
  /** Proportional set size of npm, node and all PostgreSQL processes together; null where /proc does not show it. */
  readonly peakBytes: number | null;
};

const root = path.resolve(__dirname, '..');

const parentOf = async (processId: string): Promise<string | null> => {
  const stat = await readFile(`/proc/${processId}/stat`, 'utf8').catch(() => null);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? null;
};

const shareOf = async (processId: string): Promise<number> => {
  const rollup = await readFile(`/proc/${processId}/smaps_rollup`, 'utf8').catch(() => '');
  return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0) * 1024;
};

/** The process, its children and theirs. */
const familyOf = async (processId: number): Promise<readonly string[]> => {
  const all = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const parents = new Map(await Promise.all(all.map(async (id) => [id, await parentOf(id)] as const)));
  const belongs = (id: string | null | undefined): boolean =>
    id === String(processId) || (id !== null && id !== undefined && id !== '0' && belongs(parents.get(id)));
  return all.filter((id) => belongs(id));
};

const memoryOf = async (processId: number): Promise<number> => {
  const shares = await Promise.all((await familyOf(processId)).map(shareOf));
  return shares.reduce((sum, share) => sum + share, 0);
};

/** Runs `npm start -- --yes --monitor 2s` in a copy of the checkout's samples; throws when it is not signed off. */
export const measureStart = async (): Promise<StartMeasurement> => {
  const directory = await mkdtemp(path.join(tmpdir(), 'migration-checklist-bench-'));
  // mkdtemp makes 0700, below which PostgreSQL's user could not enter.
  await chmod(directory, 0o755);
  try {
    await cp(path.join(root, 'migrations'), path.join(directory, 'migrations'), { recursive: true });
    // npm belongs to what a user starts, so it runs here too, with the checkout's command.
    const command = `node --import ${pathToFileURL(require.resolve('tsx'))} ${path.join(root, 'commands/run/command.ts')}`;
    await writeFile(
      path.join(directory, 'package.json'),
      JSON.stringify({ private: true, scripts: { start: command } }),
    );
    const startedMs = performance.now();
    const args = ['start', '--silent', '--', '--yes', '--monitor', '2s', '--port', '0'];
    const child = spawn('npm', args, { cwd: directory, stdio: ['ignore', 'pipe', 'inherit'] });
    let firstLineMs = 0;
    child.stdout.on('data', () => {
      firstLineMs ||= performance.now() - startedMs;
    });
    let peakBytes = 0;
    const watch = setInterval(async () => {
      peakBytes = Math.max(peakBytes, await memoryOf(child.pid ?? 0).catch(() => 0));
    }, 100);
    const code = await new Promise((resolve) => child.once('close', resolve));
    clearInterval(watch);
    if (code !== 0) throw new Error(`npm start ended with exit code ${code}, expected 0`);
    return { firstLineMs, totalMs: performance.now() - startedMs, peakBytes: peakBytes || null };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};
