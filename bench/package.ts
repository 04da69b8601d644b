/**
 * Measures what the installed package costs before it does anything, and reviews of one file and of many. Times of short programs are told
 * as so many times the empty start of Node in the same rounds: whatever else the machine does lengthens both.
 */
import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

export type PackageMeasurement = {
  /** The fastest of all rounds, as every time here. */
  readonly nodeMs: number;
  readonly oneFileMs: number;
  /** What npx takes longer than the program itself. */
  readonly npxMs: number;
  /** Of `rehearse` in a folder where it never ran. */
  readonly firstLineMs: number;
  readonly files: number;
  /** Processor time, which others on the machine do not lengthen as they do the clock's. */
  readonly manyFilesMs: number;
  readonly manyFilesBytes: number;
};

const execute = promisify(execFile);
const root = path.resolve(__dirname, '..');
const rounds = 5;
const files = 2_400;

/** Three files to a table: made with its index, a column more, filled and required. */
const sqlOf = (index: number): string => {
  const table = `bench_${index - (index % 3)}`;
  const changes = [
    `CREATE TABLE ${table} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tenant_id integer NOT NULL, title text NOT NULL);
CREATE INDEX ${table}_tenant_id_idx ON ${table} (tenant_id);`,
    `ALTER TABLE ${table} ADD COLUMN note text;
CREATE INDEX ${table}_note_idx ON ${table} (note);`,
    `UPDATE ${table} SET note = title WHERE note IS NULL;
ALTER TABLE ${table} ALTER COLUMN note SET NOT NULL;`,
  ];
  return changes[index % 3] ?? '';
};

const writeMigrations = async (folder: string, count: number) => {
  await mkdir(folder);
  for (let index = 0; index < count; index += 1) {
    const name = String(index + 1).padStart(5, '0');
    await writeFile(path.join(folder, `${name}_change.up.sql`), sqlOf(index));
    await writeFile(path.join(folder, `${name}_change.down.sql`), 'SELECT 1;\n');
  }
};

type Outcome = { readonly ms: number; readonly firstLineMs: number; readonly written: string };

/** Runs to the end; a finding is no failure. `written` is what the program wrote to its fourth channel. */
const runOnce = (folder: string, command: string, args: readonly string[]): Promise<Outcome> =>
  new Promise((resolve, reject) => {
    const startedMs = performance.now();
    const child = spawn(command, args, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit', 'pipe'] });
    let firstLineMs = 0;
    let written = '';
    child.stdout?.on('data', () => {
      firstLineMs ||= performance.now() - startedMs;
    });
    child.stdio[3]?.on('data', (chunk: Buffer) => {
      written += chunk;
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0 || code === 1) resolve({ ms: performance.now() - startedMs, firstLineMs, written });
      else reject(new Error(`${command} ${args.join(' ')} ended with exit code ${code}, expected 0 or 1`));
    });
  });

/** Loaded before the program: writes at its end what it took. */
const tellingUsage = `process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  require('node:fs').writeSync(3, JSON.stringify({ ms: (user + system) / 1_000, bytes: process.resourceUsage().maxRSS * 1_024 }));
});
`;

/** All in turns, so that no part of the time is one program's alone. */
const fastestInTurns = async <const T extends readonly (() => Promise<number>)[]>(
  measures: T,
): Promise<{ readonly [K in keyof T]: number }> => {
  const times = measures.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < rounds; round += 1)
    for (const [index, measure] of measures.entries())
      times[index] = Math.min(times[index] ?? Number.POSITIVE_INFINITY, await measure());
  return times as unknown as { readonly [K in keyof T]: number };
};

/** Needs the registry, or npm's cache of what `npm ci` has fetched. */
export const measurePackage = async (): Promise<PackageMeasurement> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'migration-checklist-bench-'));
  try {
    await execute('npm', ['pack', '--pack-destination', folder], { cwd: root });
    const [archive = ''] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
    await writeFile(path.join(folder, 'package.json'), JSON.stringify({ private: true }));
    const install = ['install', '--prefer-offline', '--no-audit', '--no-fund', `./${archive}`];
    await execute('npm', install, { cwd: folder });
    const program = path.join(folder, 'node_modules', 'migration-checklist', 'dist', 'commands', 'main.js');
    await writeMigrations(path.join(folder, 'one'), 1);
    await writeMigrations(path.join(folder, 'many'), files);
    await writeFile(path.join(folder, 'usage.cjs'), tellingUsage);

    const node = (...args: readonly string[]) => runOnce(folder, process.execPath, args);
    const msOf = async (outcome: Promise<Outcome>) => (await outcome).ms;
    const [nodeMs, oneFileMs, plainMs, throughNpxMs, firstLineMs] = await fastestInTurns([
      () => msOf(node('-e', '0')),
      () => msOf(node(program, 'review', 'one/00001_change.up.sql')),
      () => msOf(node(program, '--version')),
      () => msOf(runOnce(folder, 'npx', ['--no-install', 'migration-checklist', '--version'])),
      async () => {
        await rm(path.join(folder, '.local'), { recursive: true, force: true });
        return (await node(program, 'rehearse', 'one')).firstLineMs;
      },
    ]);
    const { written } = await node('--require', './usage.cjs', program, 'review', 'many');
    const usage = JSON.parse(written) as { readonly ms: number; readonly bytes: number };
    return {
      nodeMs,
      oneFileMs,
      npxMs: throughNpxMs - plainMs,
      firstLineMs,
      files,
      manyFilesMs: usage.ms,
      manyFilesBytes: usage.bytes,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
